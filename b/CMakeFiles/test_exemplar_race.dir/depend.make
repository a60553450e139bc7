# Empty dependencies file for test_exemplar_race.
# This may be replaced when dependencies are built.
