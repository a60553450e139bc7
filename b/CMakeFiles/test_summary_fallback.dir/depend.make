# Empty dependencies file for test_summary_fallback.
# This may be replaced when dependencies are built.
