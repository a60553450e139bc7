file(REMOVE_RECURSE
  "CMakeFiles/test_budget.dir/tests/unit/test_budget.c.o"
  "CMakeFiles/test_budget.dir/tests/unit/test_budget.c.o.d"
  "tests/test_budget"
  "tests/test_budget.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_budget.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
