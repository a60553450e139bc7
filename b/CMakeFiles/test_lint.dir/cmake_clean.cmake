file(REMOVE_RECURSE
  "CMakeFiles/test_lint.dir/tests/unit/test_lint.c.o"
  "CMakeFiles/test_lint.dir/tests/unit/test_lint.c.o.d"
  "tests/test_lint"
  "tests/test_lint.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_lint.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
