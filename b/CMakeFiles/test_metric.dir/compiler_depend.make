# Empty compiler generated dependencies file for test_metric.
# This may be replaced when dependencies are built.
