# Empty dependencies file for test_nomem.
# This may be replaced when dependencies are built.
