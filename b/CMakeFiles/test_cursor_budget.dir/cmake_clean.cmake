file(REMOVE_RECURSE
  "CMakeFiles/test_cursor_budget.dir/tests/unit/test_cursor_budget.c.o"
  "CMakeFiles/test_cursor_budget.dir/tests/unit/test_cursor_budget.c.o.d"
  "tests/test_cursor_budget"
  "tests/test_cursor_budget.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_cursor_budget.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
