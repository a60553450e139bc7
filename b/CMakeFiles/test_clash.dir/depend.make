# Empty dependencies file for test_clash.
# This may be replaced when dependencies are built.
