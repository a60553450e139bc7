# Empty dependencies file for test_undefine.
# This may be replaced when dependencies are built.
