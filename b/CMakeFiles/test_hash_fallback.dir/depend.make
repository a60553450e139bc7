# Empty dependencies file for test_hash_fallback.
# This may be replaced when dependencies are built.
