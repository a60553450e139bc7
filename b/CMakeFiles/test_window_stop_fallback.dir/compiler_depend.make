# Empty compiler generated dependencies file for test_window_stop_fallback.
# This may be replaced when dependencies are built.
