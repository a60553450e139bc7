# Empty compiler generated dependencies file for test_emit_types.
# This may be replaced when dependencies are built.
