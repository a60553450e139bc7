# Empty dependencies file for test_exposition_fallback.
# This may be replaced when dependencies are built.
