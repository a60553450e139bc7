file(REMOVE_RECURSE
  "CMakeFiles/test_window_stop.dir/tests/stress/test_window_stop.c.o"
  "CMakeFiles/test_window_stop.dir/tests/stress/test_window_stop.c.o.d"
  "tests/test_window_stop"
  "tests/test_window_stop.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_window_stop.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
