# Empty compiler generated dependencies file for test_threads_fallback.
# This may be replaced when dependencies are built.
