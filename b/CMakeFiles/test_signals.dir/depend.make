# Empty dependencies file for test_signals.
# This may be replaced when dependencies are built.
