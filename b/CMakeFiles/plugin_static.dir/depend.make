# Empty dependencies file for plugin_static.
# This may be replaced when dependencies are built.
