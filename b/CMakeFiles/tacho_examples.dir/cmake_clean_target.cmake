file(REMOVE_RECURSE
  "libtacho_examples.a"
)
