
# Consider dependencies only in project.
set(CMAKE_DEPENDS_IN_PROJECT_ONLY OFF)

# The set of languages for which implicit dependencies are needed:
set(CMAKE_DEPENDS_LANGUAGES
  )

# The set of dependency files which are needed:
set(CMAKE_DEPENDS_DEPENDENCY_FILES
  "/tmp/core/tacho/examples/common/demo.c" "CMakeFiles/tacho_examples.dir/examples/common/demo.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/common/demo.c.o.d"
  "/tmp/core/tacho/examples/common/event_intake.c" "CMakeFiles/tacho_examples.dir/examples/common/event_intake.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/common/event_intake.c.o.d"
  "/tmp/core/tacho/examples/common/event_reader.c" "CMakeFiles/tacho_examples.dir/examples/common/event_reader.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/common/event_reader.c.o.d"
  "/tmp/core/tacho/examples/common/events.c" "CMakeFiles/tacho_examples.dir/examples/common/events.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/common/events.c.o.d"
  "/tmp/core/tacho/examples/common/exporter.c" "CMakeFiles/tacho_examples.dir/examples/common/exporter.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/common/exporter.c.o.d"
  "/tmp/core/tacho/examples/common/help.c" "CMakeFiles/tacho_examples.dir/examples/common/help.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/common/help.c.o.d"
  "/tmp/core/tacho/examples/common/options.c" "CMakeFiles/tacho_examples.dir/examples/common/options.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/common/options.c.o.d"
  "/tmp/core/tacho/examples/common/probes.c" "CMakeFiles/tacho_examples.dir/examples/common/probes.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/common/probes.c.o.d"
  "/tmp/core/tacho/examples/common/rows.c" "CMakeFiles/tacho_examples.dir/examples/common/rows.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/common/rows.c.o.d"
  "/tmp/core/tacho/examples/common/say.c" "CMakeFiles/tacho_examples.dir/examples/common/say.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/common/say.c.o.d"
  "/tmp/core/tacho/examples/qbsync/demo_destination.c" "CMakeFiles/tacho_examples.dir/examples/qbsync/demo_destination.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/qbsync/demo_destination.c.o.d"
  "/tmp/core/tacho/examples/qbsync/demo_incidents.c" "CMakeFiles/tacho_examples.dir/examples/qbsync/demo_incidents.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/qbsync/demo_incidents.c.o.d"
  "/tmp/core/tacho/examples/qbsync/demo_source.c" "CMakeFiles/tacho_examples.dir/examples/qbsync/demo_source.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/qbsync/demo_source.c.o.d"
  "/tmp/core/tacho/examples/qbsync/demo_world.c" "CMakeFiles/tacho_examples.dir/examples/qbsync/demo_world.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/qbsync/demo_world.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync.c" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync_demo.c" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync_demo.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync_demo.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync_destination.c" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync_destination.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync_destination.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync_events.c" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync_events.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync_events.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync_families.c" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync_families.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync_families.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync_source.c" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync_source.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync_source.c.o.d"
  "/tmp/core/tacho/examples/qbsync/qbsync_torrents.c" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync_torrents.c.o" "gcc" "CMakeFiles/tacho_examples.dir/examples/qbsync/qbsync_torrents.c.o.d"
  )

# Targets to which this target links.
set(CMAKE_TARGET_LINKED_INFO_FILES
  "/tmp/core/tacho/b/CMakeFiles/tacho_check.dir/DependInfo.cmake"
  )

# Fortran module output directory.
set(CMAKE_Fortran_TARGET_MODULE_DIR "")
