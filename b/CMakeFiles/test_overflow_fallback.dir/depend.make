# Empty dependencies file for test_overflow_fallback.
# This may be replaced when dependencies are built.
