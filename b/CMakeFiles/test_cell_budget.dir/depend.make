# Empty dependencies file for test_cell_budget.
# This may be replaced when dependencies are built.
