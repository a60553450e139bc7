# Empty compiler generated dependencies file for test_spell_fallback.
# This may be replaced when dependencies are built.
