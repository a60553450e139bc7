file(REMOVE_RECURSE
  "CMakeFiles/test_budget_fallback.dir/tests/unit/test_budget.c.o"
  "CMakeFiles/test_budget_fallback.dir/tests/unit/test_budget.c.o.d"
  "tests/test_budget_fallback"
  "tests/test_budget_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_budget_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
