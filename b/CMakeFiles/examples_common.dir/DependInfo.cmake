
# Consider dependencies only in project.
set(CMAKE_DEPENDS_IN_PROJECT_ONLY OFF)

# The set of languages for which implicit dependencies are needed:
set(CMAKE_DEPENDS_LANGUAGES
  )

# The set of dependency files which are needed:
set(CMAKE_DEPENDS_DEPENDENCY_FILES
  "/tmp/core/tacho/examples/common/demo.c" "CMakeFiles/examples_common.dir/examples/common/demo.c.o" "gcc" "CMakeFiles/examples_common.dir/examples/common/demo.c.o.d"
  "/tmp/core/tacho/examples/common/event_intake.c" "CMakeFiles/examples_common.dir/examples/common/event_intake.c.o" "gcc" "CMakeFiles/examples_common.dir/examples/common/event_intake.c.o.d"
  "/tmp/core/tacho/examples/common/event_reader.c" "CMakeFiles/examples_common.dir/examples/common/event_reader.c.o" "gcc" "CMakeFiles/examples_common.dir/examples/common/event_reader.c.o.d"
  "/tmp/core/tacho/examples/common/events.c" "CMakeFiles/examples_common.dir/examples/common/events.c.o" "gcc" "CMakeFiles/examples_common.dir/examples/common/events.c.o.d"
  "/tmp/core/tacho/examples/common/exporter.c" "CMakeFiles/examples_common.dir/examples/common/exporter.c.o" "gcc" "CMakeFiles/examples_common.dir/examples/common/exporter.c.o.d"
  "/tmp/core/tacho/examples/common/help.c" "CMakeFiles/examples_common.dir/examples/common/help.c.o" "gcc" "CMakeFiles/examples_common.dir/examples/common/help.c.o.d"
  "/tmp/core/tacho/examples/common/options.c" "CMakeFiles/examples_common.dir/examples/common/options.c.o" "gcc" "CMakeFiles/examples_common.dir/examples/common/options.c.o.d"
  "/tmp/core/tacho/examples/common/probes.c" "CMakeFiles/examples_common.dir/examples/common/probes.c.o" "gcc" "CMakeFiles/examples_common.dir/examples/common/probes.c.o.d"
  "/tmp/core/tacho/examples/common/rows.c" "CMakeFiles/examples_common.dir/examples/common/rows.c.o" "gcc" "CMakeFiles/examples_common.dir/examples/common/rows.c.o.d"
  "/tmp/core/tacho/examples/common/say.c" "CMakeFiles/examples_common.dir/examples/common/say.c.o" "gcc" "CMakeFiles/examples_common.dir/examples/common/say.c.o.d"
  )

# Targets to which this target links.
set(CMAKE_TARGET_LINKED_INFO_FILES
  )

# Fortran module output directory.
set(CMAKE_Fortran_TARGET_MODULE_DIR "")
