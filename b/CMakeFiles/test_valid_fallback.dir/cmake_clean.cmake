file(REMOVE_RECURSE
  "CMakeFiles/test_valid_fallback.dir/tests/unit/test_valid.c.o"
  "CMakeFiles/test_valid_fallback.dir/tests/unit/test_valid.c.o.d"
  "tests/test_valid_fallback"
  "tests/test_valid_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_valid_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
