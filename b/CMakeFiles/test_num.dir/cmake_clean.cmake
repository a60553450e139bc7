file(REMOVE_RECURSE
  "CMakeFiles/test_num.dir/tests/unit/test_num.c.o"
  "CMakeFiles/test_num.dir/tests/unit/test_num.c.o.d"
  "tests/test_num"
  "tests/test_num.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_num.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
