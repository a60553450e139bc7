# Empty dependencies file for test_window_race.
# This may be replaced when dependencies are built.
