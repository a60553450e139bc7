# Empty dependencies file for test_valid_fallback.
# This may be replaced when dependencies are built.
