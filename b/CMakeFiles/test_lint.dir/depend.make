# Empty dependencies file for test_lint.
# This may be replaced when dependencies are built.
