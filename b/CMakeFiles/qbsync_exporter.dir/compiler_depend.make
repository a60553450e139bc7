# Empty compiler generated dependencies file for qbsync_exporter.
# This may be replaced when dependencies are built.
