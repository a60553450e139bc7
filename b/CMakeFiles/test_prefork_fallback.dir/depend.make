# Empty dependencies file for test_prefork_fallback.
# This may be replaced when dependencies are built.
