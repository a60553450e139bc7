# Empty dependencies file for tacho.
# This may be replaced when dependencies are built.
