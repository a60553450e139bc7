# Empty dependencies file for test_churn_fallback.
# This may be replaced when dependencies are built.
