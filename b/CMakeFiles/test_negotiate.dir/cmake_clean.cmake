file(REMOVE_RECURSE
  "CMakeFiles/test_negotiate.dir/tests/unit/test_negotiate.c.o"
  "CMakeFiles/test_negotiate.dir/tests/unit/test_negotiate.c.o.d"
  "tests/test_negotiate"
  "tests/test_negotiate.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_negotiate.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
