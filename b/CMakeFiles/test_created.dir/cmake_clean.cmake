file(REMOVE_RECURSE
  "CMakeFiles/test_created.dir/tests/unit/test_created.c.o"
  "CMakeFiles/test_created.dir/tests/unit/test_created.c.o.d"
  "tests/test_created"
  "tests/test_created.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_created.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
