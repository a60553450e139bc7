# Empty compiler generated dependencies file for test_filter_fallback.
# This may be replaced when dependencies are built.
