# Empty compiler generated dependencies file for test_define.
# This may be replaced when dependencies are built.
