file(REMOVE_RECURSE
  "CMakeFiles/test_overflow_fallback.dir/tests/unit/test_overflow.c.o"
  "CMakeFiles/test_overflow_fallback.dir/tests/unit/test_overflow.c.o.d"
  "tests/test_overflow_fallback"
  "tests/test_overflow_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_overflow_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
