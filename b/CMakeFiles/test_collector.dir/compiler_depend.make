# Empty compiler generated dependencies file for test_collector.
# This may be replaced when dependencies are built.
