file(REMOVE_RECURSE
  "CMakeFiles/test_undefine.dir/tests/unit/test_undefine.c.o"
  "CMakeFiles/test_undefine.dir/tests/unit/test_undefine.c.o.d"
  "tests/test_undefine"
  "tests/test_undefine.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_undefine.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
