# Empty compiler generated dependencies file for test_grace.
# This may be replaced when dependencies are built.
