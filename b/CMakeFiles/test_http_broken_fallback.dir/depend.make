# Empty dependencies file for test_http_broken_fallback.
# This may be replaced when dependencies are built.
