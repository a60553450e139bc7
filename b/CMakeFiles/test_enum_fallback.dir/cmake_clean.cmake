file(REMOVE_RECURSE
  "CMakeFiles/test_enum_fallback.dir/tests/unit/test_enum.c.o"
  "CMakeFiles/test_enum_fallback.dir/tests/unit/test_enum.c.o.d"
  "tests/test_enum_fallback"
  "tests/test_enum_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_enum_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
