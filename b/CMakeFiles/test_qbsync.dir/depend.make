# Empty dependencies file for test_qbsync.
# This may be replaced when dependencies are built.
