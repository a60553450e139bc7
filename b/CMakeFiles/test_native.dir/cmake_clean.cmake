file(REMOVE_RECURSE
  "CMakeFiles/test_native.dir/tests/unit/test_native.c.o"
  "CMakeFiles/test_native.dir/tests/unit/test_native.c.o.d"
  "tests/test_native"
  "tests/test_native.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_native.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
