# Empty dependencies file for test_metric_fallback.
# This may be replaced when dependencies are built.
