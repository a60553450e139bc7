# Empty dependencies file for test_sketch_fallback.
# This may be replaced when dependencies are built.
