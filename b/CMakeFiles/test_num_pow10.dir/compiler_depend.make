# Empty compiler generated dependencies file for test_num_pow10.
# This may be replaced when dependencies are built.
