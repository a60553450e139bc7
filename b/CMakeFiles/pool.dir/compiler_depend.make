# Empty compiler generated dependencies file for pool.
# This may be replaced when dependencies are built.
