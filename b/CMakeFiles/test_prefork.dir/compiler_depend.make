# Empty compiler generated dependencies file for test_prefork.
# This may be replaced when dependencies are built.
