file(REMOVE_RECURSE
  "CMakeFiles/test_extreme.dir/tests/unit/test_extreme.c.o"
  "CMakeFiles/test_extreme.dir/tests/unit/test_extreme.c.o.d"
  "tests/test_extreme"
  "tests/test_extreme.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_extreme.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
