# Empty compiler generated dependencies file for test_undefine_fallback.
# This may be replaced when dependencies are built.
