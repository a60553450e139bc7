# Empty dependencies file for tacho_bench.
# This may be replaced when dependencies are built.
