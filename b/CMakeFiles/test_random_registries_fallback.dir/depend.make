# Empty dependencies file for test_random_registries_fallback.
# This may be replaced when dependencies are built.
