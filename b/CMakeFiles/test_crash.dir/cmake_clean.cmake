file(REMOVE_RECURSE
  "CMakeFiles/test_crash.dir/tests/stress/test_crash.c.o"
  "CMakeFiles/test_crash.dir/tests/stress/test_crash.c.o.d"
  "tests/test_crash"
  "tests/test_crash.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_crash.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
