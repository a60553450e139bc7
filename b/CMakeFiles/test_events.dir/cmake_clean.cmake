file(REMOVE_RECURSE
  "CMakeFiles/test_events.dir/tests/unit/test_events.c.o"
  "CMakeFiles/test_events.dir/tests/unit/test_events.c.o.d"
  "tests/test_events"
  "tests/test_events.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_events.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
