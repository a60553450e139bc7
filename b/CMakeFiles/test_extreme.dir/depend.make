# Empty dependencies file for test_extreme.
# This may be replaced when dependencies are built.
