# Empty dependencies file for test_collector_life_fallback.
# This may be replaced when dependencies are built.
