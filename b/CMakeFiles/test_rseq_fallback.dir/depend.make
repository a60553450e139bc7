# Empty dependencies file for test_rseq_fallback.
# This may be replaced when dependencies are built.
