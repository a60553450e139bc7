file(REMOVE_RECURSE
  "CMakeFiles/test_summary.dir/tests/unit/test_summary.c.o"
  "CMakeFiles/test_summary.dir/tests/unit/test_summary.c.o.d"
  "tests/test_summary"
  "tests/test_summary.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_summary.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
