# Empty dependencies file for test_filter.
# This may be replaced when dependencies are built.
