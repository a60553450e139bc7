# Empty compiler generated dependencies file for test_prefork_types.
# This may be replaced when dependencies are built.
