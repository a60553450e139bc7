# Empty dependencies file for test_gauge_kinds_fallback.
# This may be replaced when dependencies are built.
