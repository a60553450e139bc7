# Empty compiler generated dependencies file for test_cursor_changes.
# This may be replaced when dependencies are built.
