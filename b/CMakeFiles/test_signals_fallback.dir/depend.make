# Empty dependencies file for test_signals_fallback.
# This may be replaced when dependencies are built.
