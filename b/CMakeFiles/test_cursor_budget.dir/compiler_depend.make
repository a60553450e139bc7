# Empty compiler generated dependencies file for test_cursor_budget.
# This may be replaced when dependencies are built.
