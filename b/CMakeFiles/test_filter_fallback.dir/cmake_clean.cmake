file(REMOVE_RECURSE
  "CMakeFiles/test_filter_fallback.dir/tests/unit/test_filter.c.o"
  "CMakeFiles/test_filter_fallback.dir/tests/unit/test_filter.c.o.d"
  "tests/test_filter_fallback"
  "tests/test_filter_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_filter_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
