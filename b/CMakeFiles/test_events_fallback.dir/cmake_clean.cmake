file(REMOVE_RECURSE
  "CMakeFiles/test_events_fallback.dir/tests/unit/test_events.c.o"
  "CMakeFiles/test_events_fallback.dir/tests/unit/test_events.c.o.d"
  "tests/test_events_fallback"
  "tests/test_events_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_events_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
