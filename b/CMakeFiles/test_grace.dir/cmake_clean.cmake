file(REMOVE_RECURSE
  "CMakeFiles/test_grace.dir/tests/stress/test_grace.c.o"
  "CMakeFiles/test_grace.dir/tests/stress/test_grace.c.o.d"
  "tests/test_grace"
  "tests/test_grace.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_grace.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
