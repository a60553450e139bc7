# Empty dependencies file for test_num_pow10_fallback.
# This may be replaced when dependencies are built.
