# Empty dependencies file for plugin_shared.
# This may be replaced when dependencies are built.
