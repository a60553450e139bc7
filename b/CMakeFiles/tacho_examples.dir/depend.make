# Empty dependencies file for tacho_examples.
# This may be replaced when dependencies are built.
