file(REMOVE_RECURSE
  "CMakeFiles/test_collector_fallback.dir/tests/unit/test_collector.c.o"
  "CMakeFiles/test_collector_fallback.dir/tests/unit/test_collector.c.o.d"
  "tests/test_collector_fallback"
  "tests/test_collector_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_collector_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
