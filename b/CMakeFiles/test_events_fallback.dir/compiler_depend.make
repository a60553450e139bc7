# Empty compiler generated dependencies file for test_events_fallback.
# This may be replaced when dependencies are built.
