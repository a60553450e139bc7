# Empty compiler generated dependencies file for test_remove_fallback.
# This may be replaced when dependencies are built.
