# Empty dependencies file for test_names_fallback.
# This may be replaced when dependencies are built.
