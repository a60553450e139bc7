# Empty dependencies file for test_reuse_fallback.
# This may be replaced when dependencies are built.
