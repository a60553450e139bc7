file(REMOVE_RECURSE
  "CMakeFiles/test_histogram_fallback.dir/tests/unit/test_histogram.c.o"
  "CMakeFiles/test_histogram_fallback.dir/tests/unit/test_histogram.c.o.d"
  "tests/test_histogram_fallback"
  "tests/test_histogram_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_histogram_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
