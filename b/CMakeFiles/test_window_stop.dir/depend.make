# Empty dependencies file for test_window_stop.
# This may be replaced when dependencies are built.
