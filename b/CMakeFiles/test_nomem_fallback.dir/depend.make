# Empty dependencies file for test_nomem_fallback.
# This may be replaced when dependencies are built.
