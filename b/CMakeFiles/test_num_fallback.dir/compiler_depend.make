# Empty compiler generated dependencies file for test_num_fallback.
# This may be replaced when dependencies are built.
