# Empty compiler generated dependencies file for test_native_race.
# This may be replaced when dependencies are built.
