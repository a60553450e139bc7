# Empty dependencies file for test_lookup.
# This may be replaced when dependencies are built.
