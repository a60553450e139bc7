# Empty dependencies file for test_rseq.
# This may be replaced when dependencies are built.
