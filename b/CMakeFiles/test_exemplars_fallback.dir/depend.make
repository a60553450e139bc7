# Empty dependencies file for test_exemplars_fallback.
# This may be replaced when dependencies are built.
