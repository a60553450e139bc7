
# Consider dependencies only in project.
set(CMAKE_DEPENDS_IN_PROJECT_ONLY OFF)

# The set of languages for which implicit dependencies are needed:
set(CMAKE_DEPENDS_LANGUAGES
  )

# The set of dependency files which are needed:
set(CMAKE_DEPENDS_DEPENDENCY_FILES
  "/tmp/core/tacho/tests/adapter/adapter.c" "CMakeFiles/adapter.dir/tests/adapter/adapter.c.o" "gcc" "CMakeFiles/adapter.dir/tests/adapter/adapter.c.o.d"
  "/tmp/core/tacho/tests/adapter/family.c" "CMakeFiles/adapter.dir/tests/adapter/family.c.o" "gcc" "CMakeFiles/adapter.dir/tests/adapter/family.c.o.d"
  "/tmp/core/tacho/tests/adapter/fields.c" "CMakeFiles/adapter.dir/tests/adapter/fields.c.o" "gcc" "CMakeFiles/adapter.dir/tests/adapter/fields.c.o.d"
  "/tmp/core/tacho/tests/adapter/keep.c" "CMakeFiles/adapter.dir/tests/adapter/keep.c.o" "gcc" "CMakeFiles/adapter.dir/tests/adapter/keep.c.o.d"
  "/tmp/core/tacho/tests/adapter/op.c" "CMakeFiles/adapter.dir/tests/adapter/op.c.o" "gcc" "CMakeFiles/adapter.dir/tests/adapter/op.c.o.d"
  )

# Targets to which this target links.
set(CMAKE_TARGET_LINKED_INFO_FILES
  "/tmp/core/tacho/b/CMakeFiles/tacho.dir/DependInfo.cmake"
  )

# Fortran module output directory.
set(CMAKE_Fortran_TARGET_MODULE_DIR "")
