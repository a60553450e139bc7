# Empty compiler generated dependencies file for test_window_race_fallback.
# This may be replaced when dependencies are built.
