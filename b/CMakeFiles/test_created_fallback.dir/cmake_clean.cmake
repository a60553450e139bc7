file(REMOVE_RECURSE
  "CMakeFiles/test_created_fallback.dir/tests/unit/test_created.c.o"
  "CMakeFiles/test_created_fallback.dir/tests/unit/test_created.c.o.d"
  "tests/test_created_fallback"
  "tests/test_created_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_created_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
