file(REMOVE_RECURSE
  "CMakeFiles/test_define_fallback.dir/tests/unit/test_define.c.o"
  "CMakeFiles/test_define_fallback.dir/tests/unit/test_define.c.o.d"
  "tests/test_define_fallback"
  "tests/test_define_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_define_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
