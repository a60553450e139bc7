# Empty dependencies file for test_plugin_shared.
# This may be replaced when dependencies are built.
