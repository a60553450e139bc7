# Empty compiler generated dependencies file for test_sketch_window_fallback.
# This may be replaced when dependencies are built.
