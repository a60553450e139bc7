# Empty dependencies file for test_define_fallback.
# This may be replaced when dependencies are built.
