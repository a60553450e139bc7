# Empty compiler generated dependencies file for test_cursor_fallback.
# This may be replaced when dependencies are built.
