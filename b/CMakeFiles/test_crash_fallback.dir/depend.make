# Empty dependencies file for test_crash_fallback.
# This may be replaced when dependencies are built.
