file(REMOVE_RECURSE
  "CMakeFiles/test_filter.dir/tests/unit/test_filter.c.o"
  "CMakeFiles/test_filter.dir/tests/unit/test_filter.c.o.d"
  "tests/test_filter"
  "tests/test_filter.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_filter.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
