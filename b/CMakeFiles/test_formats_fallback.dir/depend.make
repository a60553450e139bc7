# Empty dependencies file for test_formats_fallback.
# This may be replaced when dependencies are built.
