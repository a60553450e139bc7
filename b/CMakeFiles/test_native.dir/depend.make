# Empty dependencies file for test_native.
# This may be replaced when dependencies are built.
