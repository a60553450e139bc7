# Empty compiler generated dependencies file for test_exposition.
# This may be replaced when dependencies are built.
