# Empty compiler generated dependencies file for test_collector_life.
# This may be replaced when dependencies are built.
