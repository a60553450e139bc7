file(REMOVE_RECURSE
  "CMakeFiles/test_num_fallback.dir/tests/unit/test_num.c.o"
  "CMakeFiles/test_num_fallback.dir/tests/unit/test_num.c.o.d"
  "tests/test_num_fallback"
  "tests/test_num_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_num_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
