# Empty dependencies file for test_lookup_fallback.
# This may be replaced when dependencies are built.
