file(REMOVE_RECURSE
  "CMakeFiles/test_extreme_fallback.dir/tests/unit/test_extreme.c.o"
  "CMakeFiles/test_extreme_fallback.dir/tests/unit/test_extreme.c.o.d"
  "tests/test_extreme_fallback"
  "tests/test_extreme_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_extreme_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
