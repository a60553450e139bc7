# Empty dependencies file for test_http_msg_fallback.
# This may be replaced when dependencies are built.
