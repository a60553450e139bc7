# Empty compiler generated dependencies file for tacho_helpers.
# This may be replaced when dependencies are built.
