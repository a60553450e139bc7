# Empty dependencies file for test_reuse.
# This may be replaced when dependencies are built.
