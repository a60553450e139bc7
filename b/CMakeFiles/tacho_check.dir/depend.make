# Empty dependencies file for tacho_check.
# This may be replaced when dependencies are built.
