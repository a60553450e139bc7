file(REMOVE_RECURSE
  "CMakeFiles/test_gauge_kinds.dir/tests/unit/test_gauge_kinds.c.o"
  "CMakeFiles/test_gauge_kinds.dir/tests/unit/test_gauge_kinds.c.o.d"
  "tests/test_gauge_kinds"
  "tests/test_gauge_kinds.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_gauge_kinds.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
