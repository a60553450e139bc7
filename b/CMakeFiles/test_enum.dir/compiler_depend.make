# Empty compiler generated dependencies file for test_enum.
# This may be replaced when dependencies are built.
