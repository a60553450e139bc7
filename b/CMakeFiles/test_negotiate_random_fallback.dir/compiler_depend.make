# Empty compiler generated dependencies file for test_negotiate_random_fallback.
# This may be replaced when dependencies are built.
