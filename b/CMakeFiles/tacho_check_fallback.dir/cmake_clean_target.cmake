file(REMOVE_RECURSE
  "libtacho_check_fallback.a"
)
