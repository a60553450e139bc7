# Empty dependencies file for test_gauge_kinds.
# This may be replaced when dependencies are built.
