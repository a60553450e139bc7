# Empty compiler generated dependencies file for test_http_query.
# This may be replaced when dependencies are built.
