# Empty dependencies file for test_sketch.
# This may be replaced when dependencies are built.
