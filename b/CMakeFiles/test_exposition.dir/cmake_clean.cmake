file(REMOVE_RECURSE
  "CMakeFiles/test_exposition.dir/tests/unit/test_exposition.c.o"
  "CMakeFiles/test_exposition.dir/tests/unit/test_exposition.c.o.d"
  "tests/test_exposition"
  "tests/test_exposition.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_exposition.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
