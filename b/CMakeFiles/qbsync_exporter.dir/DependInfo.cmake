
# Consider dependencies only in project.
set(CMAKE_DEPENDS_IN_PROJECT_ONLY OFF)

# The set of languages for which implicit dependencies are needed:
set(CMAKE_DEPENDS_LANGUAGES
  )

# The set of dependency files which are needed:
set(CMAKE_DEPENDS_DEPENDENCY_FILES
  "/tmp/core/tacho/examples/qbsync/demo_destination.c" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_destination.c.o" "gcc" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_destination.c.o.d"
  "/tmp/core/tacho/examples/qbsync/demo_incidents.c" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_incidents.c.o" "gcc" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_incidents.c.o.d"
  "/tmp/core/tacho/examples/qbsync/demo_source.c" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_source.c.o" "gcc" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_source.c.o.d"
  "/tmp/core/tacho/examples/qbsync/demo_world.c" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_world.c.o" "gcc" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/demo_world.c.o.d"
  "/tmp/core/tacho/examples/qbsync/main.c" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/main.c.o" "gcc" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/main.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync.c" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync.c.o" "gcc" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync_demo.c" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_demo.c.o" "gcc" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_demo.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync_destination.c" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_destination.c.o" "gcc" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_destination.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync_events.c" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_events.c.o" "gcc" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_events.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync_families.c" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_families.c.o" "gcc" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_families.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync_source.c" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_source.c.o" "gcc" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_source.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync_torrents.c" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_torrents.c.o" "gcc" "CMakeFiles/qbsync_exporter.dir/examples/qbsync/qbsync_torrents.c.o.d"
  )

# Targets to which this target links.
set(CMAKE_TARGET_LINKED_INFO_FILES
  "/tmp/core/tacho/b/CMakeFiles/tacho.dir/DependInfo.cmake"
  )

# Fortran module output directory.
set(CMAKE_Fortran_TARGET_MODULE_DIR "")
