file(REMOVE_RECURSE
  "CMakeFiles/test_formats_fallback.dir/tests/unit/test_formats.c.o"
  "CMakeFiles/test_formats_fallback.dir/tests/unit/test_formats.c.o.d"
  "tests/test_formats_fallback"
  "tests/test_formats_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_formats_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
