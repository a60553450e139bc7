# Empty compiler generated dependencies file for test_exemplar_make_fallback.
# This may be replaced when dependencies are built.
