# Empty compiler generated dependencies file for tacho_examples_fallback.
# This may be replaced when dependencies are built.
