# Empty dependencies file for test_clash_fallback.
# This may be replaced when dependencies are built.
