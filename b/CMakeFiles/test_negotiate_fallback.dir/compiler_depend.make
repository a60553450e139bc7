# Empty compiler generated dependencies file for test_negotiate_fallback.
# This may be replaced when dependencies are built.
