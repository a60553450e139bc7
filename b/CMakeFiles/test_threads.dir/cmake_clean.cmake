file(REMOVE_RECURSE
  "CMakeFiles/test_threads.dir/tests/stress/test_threads.c.o"
  "CMakeFiles/test_threads.dir/tests/stress/test_threads.c.o.d"
  "tests/test_threads"
  "tests/test_threads.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_threads.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
