# Empty compiler generated dependencies file for test_fork_fallback.
# This may be replaced when dependencies are built.
