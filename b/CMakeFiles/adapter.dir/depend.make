# Empty dependencies file for adapter.
# This may be replaced when dependencies are built.
