# Empty dependencies file for test_registry_fallback.
# This may be replaced when dependencies are built.
