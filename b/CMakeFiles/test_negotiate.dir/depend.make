# Empty dependencies file for test_negotiate.
# This may be replaced when dependencies are built.
