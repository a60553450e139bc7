# Empty compiler generated dependencies file for test_http_msg.
# This may be replaced when dependencies are built.
