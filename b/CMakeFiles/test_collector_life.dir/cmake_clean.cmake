file(REMOVE_RECURSE
  "CMakeFiles/test_collector_life.dir/tests/unit/test_collector_life.c.o"
  "CMakeFiles/test_collector_life.dir/tests/unit/test_collector_life.c.o.d"
  "tests/test_collector_life"
  "tests/test_collector_life.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_collector_life.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
