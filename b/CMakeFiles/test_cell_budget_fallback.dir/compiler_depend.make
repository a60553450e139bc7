# Empty compiler generated dependencies file for test_cell_budget_fallback.
# This may be replaced when dependencies are built.
