file(REMOVE_RECURSE
  "CMakeFiles/test_fork.dir/tests/stress/test_fork.c.o"
  "CMakeFiles/test_fork.dir/tests/stress/test_fork.c.o.d"
  "tests/test_fork"
  "tests/test_fork.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_fork.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
