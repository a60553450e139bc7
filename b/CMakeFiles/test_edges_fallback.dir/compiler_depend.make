# Empty compiler generated dependencies file for test_edges_fallback.
# This may be replaced when dependencies are built.
