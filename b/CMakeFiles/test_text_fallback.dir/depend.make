# Empty dependencies file for test_text_fallback.
# This may be replaced when dependencies are built.
