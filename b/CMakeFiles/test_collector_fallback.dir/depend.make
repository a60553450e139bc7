# Empty dependencies file for test_collector_fallback.
# This may be replaced when dependencies are built.
