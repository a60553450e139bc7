# Empty compiler generated dependencies file for test_cursor_changes_fallback.
# This may be replaced when dependencies are built.
