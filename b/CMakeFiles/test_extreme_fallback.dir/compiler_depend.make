# Empty compiler generated dependencies file for test_extreme_fallback.
# This may be replaced when dependencies are built.
