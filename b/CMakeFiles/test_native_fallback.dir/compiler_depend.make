# Empty compiler generated dependencies file for test_native_fallback.
# This may be replaced when dependencies are built.
