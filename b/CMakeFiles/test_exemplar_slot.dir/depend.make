# Empty dependencies file for test_exemplar_slot.
# This may be replaced when dependencies are built.
