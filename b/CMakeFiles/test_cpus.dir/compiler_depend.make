# Empty compiler generated dependencies file for test_cpus.
# This may be replaced when dependencies are built.
