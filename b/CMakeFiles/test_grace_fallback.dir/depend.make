# Empty dependencies file for test_grace_fallback.
# This may be replaced when dependencies are built.
