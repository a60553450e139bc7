# Empty compiler generated dependencies file for test_http_broken.
# This may be replaced when dependencies are built.
