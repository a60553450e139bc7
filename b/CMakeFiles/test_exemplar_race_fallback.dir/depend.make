# Empty dependencies file for test_exemplar_race_fallback.
# This may be replaced when dependencies are built.
