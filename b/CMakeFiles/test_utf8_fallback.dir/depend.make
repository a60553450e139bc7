# Empty dependencies file for test_utf8_fallback.
# This may be replaced when dependencies are built.
