# Empty dependencies file for test_qbsync_fallback.
# This may be replaced when dependencies are built.
