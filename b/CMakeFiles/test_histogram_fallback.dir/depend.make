# Empty dependencies file for test_histogram_fallback.
# This may be replaced when dependencies are built.
