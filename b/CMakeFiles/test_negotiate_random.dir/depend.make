# Empty dependencies file for test_negotiate_random.
# This may be replaced when dependencies are built.
