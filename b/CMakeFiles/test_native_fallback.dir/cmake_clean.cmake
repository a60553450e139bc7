file(REMOVE_RECURSE
  "CMakeFiles/test_native_fallback.dir/tests/unit/test_native.c.o"
  "CMakeFiles/test_native_fallback.dir/tests/unit/test_native.c.o.d"
  "tests/test_native_fallback"
  "tests/test_native_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_native_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
