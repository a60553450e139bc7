# Empty dependencies file for examples_common.
# This may be replaced when dependencies are built.
