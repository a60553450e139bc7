# Empty dependencies file for test_labels.
# This may be replaced when dependencies are built.
