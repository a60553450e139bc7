# Empty dependencies file for test_http_formats.
# This may be replaced when dependencies are built.
