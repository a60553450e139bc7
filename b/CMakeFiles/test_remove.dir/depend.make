# Empty dependencies file for test_remove.
# This may be replaced when dependencies are built.
