# Empty dependencies file for test_cpus_fallback.
# This may be replaced when dependencies are built.
