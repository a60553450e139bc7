# Empty dependencies file for test_exemplar_make.
# This may be replaced when dependencies are built.
