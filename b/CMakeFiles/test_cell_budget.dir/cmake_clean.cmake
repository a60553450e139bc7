file(REMOVE_RECURSE
  "CMakeFiles/test_cell_budget.dir/tests/unit/test_cell_budget.c.o"
  "CMakeFiles/test_cell_budget.dir/tests/unit/test_cell_budget.c.o.d"
  "tests/test_cell_budget"
  "tests/test_cell_budget.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_cell_budget.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
