# Empty dependencies file for plugin_inlines.
# This may be replaced when dependencies are built.
