# Empty compiler generated dependencies file for test_random_registries.
# This may be replaced when dependencies are built.
