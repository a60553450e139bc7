file(REMOVE_RECURSE
  "CMakeFiles/test_fork_fallback.dir/tests/stress/test_fork.c.o"
  "CMakeFiles/test_fork_fallback.dir/tests/stress/test_fork.c.o.d"
  "tests/test_fork_fallback"
  "tests/test_fork_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_fork_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
