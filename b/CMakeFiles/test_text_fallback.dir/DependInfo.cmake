
# Consider dependencies only in project.
set(CMAKE_DEPENDS_IN_PROJECT_ONLY OFF)

# The set of languages for which implicit dependencies are needed:
set(CMAKE_DEPENDS_LANGUAGES
  )

# The set of dependency files which are needed:
set(CMAKE_DEPENDS_DEPENDENCY_FILES
  "/tmp/core/tacho/tests/unit/test_text.c" "CMakeFiles/test_text_fallback.dir/tests/unit/test_text.c.o" "gcc" "CMakeFiles/test_text_fallback.dir/tests/unit/test_text.c.o.d"
  )

# Targets to which this target links.
set(CMAKE_TARGET_LINKED_INFO_FILES
  "/tmp/core/tacho/b/CMakeFiles/tacho_examples_fallback.dir/DependInfo.cmake"
  "/tmp/core/tacho/b/CMakeFiles/tacho_check_fallback.dir/DependInfo.cmake"
  )

# Fortran module output directory.
set(CMAKE_Fortran_TARGET_MODULE_DIR "")
