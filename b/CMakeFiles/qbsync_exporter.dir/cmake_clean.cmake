file(REMOVE_RECURSE
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_destination.c.o"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_destination.c.o.d"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_incidents.c.o"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_incidents.c.o.d"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_source.c.o"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_source.c.o.d"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_world.c.o"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_world.c.o.d"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/main.c.o"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/main.c.o.d"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync.c.o"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync.c.o.d"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_demo.c.o"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_demo.c.o.d"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_destination.c.o"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_destination.c.o.d"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_events.c.o"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_events.c.o.d"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_families.c.o"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_families.c.o.d"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_source.c.o"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_source.c.o.d"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_torrents.c.o"
  "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_torrents.c.o.d"
  "examples/qbsync_exporter"
  "examples/qbsync_exporter.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/qbsync_exporter.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
