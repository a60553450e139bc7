file(REMOVE_RECURSE
  "CMakeFiles/test_summary_fallback.dir/tests/unit/test_summary.c.o"
  "CMakeFiles/test_summary_fallback.dir/tests/unit/test_summary.c.o.d"
  "tests/test_summary_fallback"
  "tests/test_summary_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_summary_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
