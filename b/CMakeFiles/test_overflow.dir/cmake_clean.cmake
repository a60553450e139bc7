file(REMOVE_RECURSE
  "CMakeFiles/test_overflow.dir/tests/unit/test_overflow.c.o"
  "CMakeFiles/test_overflow.dir/tests/unit/test_overflow.c.o.d"
  "tests/test_overflow"
  "tests/test_overflow.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_overflow.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
