# Empty compiler generated dependencies file for test_sketch_window.
# This may be replaced when dependencies are built.
