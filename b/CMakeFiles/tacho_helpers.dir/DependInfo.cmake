
# Consider dependencies only in project.
set(CMAKE_DEPENDS_IN_PROJECT_ONLY OFF)

# The set of languages for which implicit dependencies are needed:
set(CMAKE_DEPENDS_LANGUAGES
  )

# The set of dependency files which are needed:
set(CMAKE_DEPENDS_DEPENDENCY_FILES
  "/tmp/core/tacho/tests/support/ark.c" "CMakeFiles/tacho_helpers.dir/tests/support/ark.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/ark.c.o.d"
  "/tmp/core/tacho/tests/support/audit.c" "CMakeFiles/tacho_helpers.dir/tests/support/audit.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/audit.c.o.d"
  "/tmp/core/tacho/tests/support/comma.c" "CMakeFiles/tacho_helpers.dir/tests/support/comma.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/comma.c.o.d"
  "/tmp/core/tacho/tests/support/cpu_number.c" "CMakeFiles/tacho_helpers.dir/tests/support/cpu_number.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/cpu_number.c.o.d"
  "/tmp/core/tacho/tests/support/exposition.c" "CMakeFiles/tacho_helpers.dir/tests/support/exposition.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/exposition.c.o.d"
  "/tmp/core/tacho/tests/support/golden.c" "CMakeFiles/tacho_helpers.dir/tests/support/golden.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/golden.c.o.d"
  "/tmp/core/tacho/tests/support/http_client.c" "CMakeFiles/tacho_helpers.dir/tests/support/http_client.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/http_client.c.o.d"
  "/tmp/core/tacho/tests/support/kinds.c" "CMakeFiles/tacho_helpers.dir/tests/support/kinds.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/kinds.c.o.d"
  "/tmp/core/tacho/tests/support/num_judge.c" "CMakeFiles/tacho_helpers.dir/tests/support/num_judge.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/num_judge.c.o.d"
  "/tmp/core/tacho/tests/support/offers.c" "CMakeFiles/tacho_helpers.dir/tests/support/offers.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/offers.c.o.d"
  "/tmp/core/tacho/tests/support/page.c" "CMakeFiles/tacho_helpers.dir/tests/support/page.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/page.c.o.d"
  "/tmp/core/tacho/tests/support/proto.c" "CMakeFiles/tacho_helpers.dir/tests/support/proto.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/proto.c.o.d"
  "/tmp/core/tacho/tests/support/shown.c" "CMakeFiles/tacho_helpers.dir/tests/support/shown.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/shown.c.o.d"
  "/tmp/core/tacho/tests/support/stress.c" "CMakeFiles/tacho_helpers.dir/tests/support/stress.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/stress.c.o.d"
  "/tmp/core/tacho/tests/support/sweep.c" "CMakeFiles/tacho_helpers.dir/tests/support/sweep.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/sweep.c.o.d"
  "/tmp/core/tacho/tests/support/valid.c" "CMakeFiles/tacho_helpers.dir/tests/support/valid.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/valid.c.o.d"
  "/tmp/core/tacho/tests/support/valid_lines.c" "CMakeFiles/tacho_helpers.dir/tests/support/valid_lines.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/valid_lines.c.o.d"
  "/tmp/core/tacho/tests/support/worlds.c" "CMakeFiles/tacho_helpers.dir/tests/support/worlds.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/worlds.c.o.d"
  "/tmp/core/tacho/tests/support/zoo.c" "CMakeFiles/tacho_helpers.dir/tests/support/zoo.c.o" "gcc" "CMakeFiles/tacho_helpers.dir/tests/support/zoo.c.o.d"
  )

# Targets to which this target links.
set(CMAKE_TARGET_LINKED_INFO_FILES
  )

# Fortran module output directory.
set(CMAKE_Fortran_TARGET_MODULE_DIR "")
