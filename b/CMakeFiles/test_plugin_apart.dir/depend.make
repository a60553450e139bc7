# Empty dependencies file for test_plugin_apart.
# This may be replaced when dependencies are built.
