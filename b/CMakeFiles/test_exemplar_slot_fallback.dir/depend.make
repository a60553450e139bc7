# Empty dependencies file for test_exemplar_slot_fallback.
# This may be replaced when dependencies are built.
