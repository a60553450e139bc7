# Empty dependencies file for test_created.
# This may be replaced when dependencies are built.
