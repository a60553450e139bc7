# Empty compiler generated dependencies file for test_http_respond.
# This may be replaced when dependencies are built.
