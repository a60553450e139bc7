# Empty dependencies file for test_enum_fallback.
# This may be replaced when dependencies are built.
