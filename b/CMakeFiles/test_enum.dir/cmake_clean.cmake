file(REMOVE_RECURSE
  "CMakeFiles/test_enum.dir/tests/unit/test_enum.c.o"
  "CMakeFiles/test_enum.dir/tests/unit/test_enum.c.o.d"
  "tests/test_enum"
  "tests/test_enum.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_enum.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
