file(REMOVE_RECURSE
  "CMakeFiles/test_num_pow10_fallback.dir/tests/unit/test_num_pow10.c.o"
  "CMakeFiles/test_num_pow10_fallback.dir/tests/unit/test_num_pow10.c.o.d"
  "tests/test_num_pow10_fallback"
  "tests/test_num_pow10_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_num_pow10_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
