file(REMOVE_RECURSE
  "CMakeFiles/test_undefine_fallback.dir/tests/unit/test_undefine.c.o"
  "CMakeFiles/test_undefine_fallback.dir/tests/unit/test_undefine.c.o.d"
  "tests/test_undefine_fallback"
  "tests/test_undefine_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_undefine_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
