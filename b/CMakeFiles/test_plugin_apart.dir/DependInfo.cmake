
# Consider dependencies only in project.
set(CMAKE_DEPENDS_IN_PROJECT_ONLY OFF)

# The set of languages for which implicit dependencies are needed:
set(CMAKE_DEPENDS_LANGUAGES
  )

# The set of dependency files which are needed:
set(CMAKE_DEPENDS_DEPENDENCY_FILES
  "/tmp/core/tacho/tests/plugin/test_plugin.c" "CMakeFiles/test_plugin_apart.dir/tests/plugin/test_plugin.c.o" "gcc" "CMakeFiles/test_plugin_apart.dir/tests/plugin/test_plugin.c.o.d"
  "/tmp/core/tacho/tests/support/exposition.c" "CMakeFiles/test_plugin_apart.dir/tests/support/exposition.c.o" "gcc" "CMakeFiles/test_plugin_apart.dir/tests/support/exposition.c.o.d"
  "/tmp/core/tacho/tests/support/kinds.c" "CMakeFiles/test_plugin_apart.dir/tests/support/kinds.c.o" "gcc" "CMakeFiles/test_plugin_apart.dir/tests/support/kinds.c.o.d"
  "/tmp/core/tacho/tests/support/stress.c" "CMakeFiles/test_plugin_apart.dir/tests/support/stress.c.o" "gcc" "CMakeFiles/test_plugin_apart.dir/tests/support/stress.c.o.d"
  )

# Targets to which this target links.
set(CMAKE_TARGET_LINKED_INFO_FILES
  "/tmp/core/tacho/b/CMakeFiles/tacho_check.dir/DependInfo.cmake"
  )

# Fortran module output directory.
set(CMAKE_Fortran_TARGET_MODULE_DIR "")
