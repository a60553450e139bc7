file(REMOVE_RECURSE
  "CMakeFiles/test_gauge_kinds_fallback.dir/tests/unit/test_gauge_kinds.c.o"
  "CMakeFiles/test_gauge_kinds_fallback.dir/tests/unit/test_gauge_kinds.c.o.d"
  "tests/test_gauge_kinds_fallback"
  "tests/test_gauge_kinds_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_gauge_kinds_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
