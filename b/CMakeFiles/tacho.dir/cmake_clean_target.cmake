file(REMOVE_RECURSE
  "libtacho.a"
)
