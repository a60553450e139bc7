# Empty dependencies file for test_labels_fallback.
# This may be replaced when dependencies are built.
