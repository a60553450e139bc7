file(REMOVE_RECURSE
  "libtacho_check.a"
)
