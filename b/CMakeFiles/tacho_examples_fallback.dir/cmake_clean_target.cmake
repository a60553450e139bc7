file(REMOVE_RECURSE
  "libtacho_examples_fallback.a"
)
