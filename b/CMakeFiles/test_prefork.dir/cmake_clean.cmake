file(REMOVE_RECURSE
  "CMakeFiles/test_prefork.dir/tests/stress/test_prefork.c.o"
  "CMakeFiles/test_prefork.dir/tests/stress/test_prefork.c.o.d"
  "tests/test_prefork"
  "tests/test_prefork.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_prefork.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
