file(REMOVE_RECURSE
  "CMakeFiles/test_threads_fallback.dir/tests/stress/test_threads.c.o"
  "CMakeFiles/test_threads_fallback.dir/tests/stress/test_threads.c.o.d"
  "tests/test_threads_fallback"
  "tests/test_threads_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_threads_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
