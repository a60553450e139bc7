# Empty compiler generated dependencies file for tacho_check_fallback.
# This may be replaced when dependencies are built.
