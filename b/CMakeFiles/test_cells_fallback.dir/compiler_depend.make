# Empty compiler generated dependencies file for test_cells_fallback.
# This may be replaced when dependencies are built.
