# Empty dependencies file for test_churn.
# This may be replaced when dependencies are built.
