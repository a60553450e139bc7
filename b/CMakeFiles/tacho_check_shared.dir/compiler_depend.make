# Empty compiler generated dependencies file for tacho_check_shared.
# This may be replaced when dependencies are built.
