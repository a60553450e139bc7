# Empty compiler generated dependencies file for plugin_atomic.
# This may be replaced when dependencies are built.
