# Empty dependencies file for test_created_fallback.
# This may be replaced when dependencies are built.
