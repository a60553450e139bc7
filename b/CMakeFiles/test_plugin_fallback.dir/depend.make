# Empty dependencies file for test_plugin_fallback.
# This may be replaced when dependencies are built.
