# Empty dependencies file for test_budget_fallback.
# This may be replaced when dependencies are built.
