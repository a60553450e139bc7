# Empty dependencies file for tacho_helpers_fallback.
# This may be replaced when dependencies are built.
