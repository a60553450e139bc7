# Empty compiler generated dependencies file for test_state_fallback.
# This may be replaced when dependencies are built.
