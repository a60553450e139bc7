# Empty compiler generated dependencies file for test_spell.
# This may be replaced when dependencies are built.
