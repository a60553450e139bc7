file(REMOVE_RECURSE
  "CMakeFiles/test_exposition_fallback.dir/tests/unit/test_exposition.c.o"
  "CMakeFiles/test_exposition_fallback.dir/tests/unit/test_exposition.c.o.d"
  "tests/test_exposition_fallback"
  "tests/test_exposition_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_exposition_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
