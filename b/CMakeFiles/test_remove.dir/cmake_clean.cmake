file(REMOVE_RECURSE
  "CMakeFiles/test_remove.dir/tests/unit/test_remove.c.o"
  "CMakeFiles/test_remove.dir/tests/unit/test_remove.c.o.d"
  "tests/test_remove"
  "tests/test_remove.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_remove.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
