# Empty compiler generated dependencies file for test_exemplars.
# This may be replaced when dependencies are built.
