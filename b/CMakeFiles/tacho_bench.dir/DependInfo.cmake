
# Consider dependencies only in project.
set(CMAKE_DEPENDS_IN_PROJECT_ONLY OFF)

# The set of languages for which implicit dependencies are needed:
set(CMAKE_DEPENDS_LANGUAGES
  )

# The set of dependency files which are needed:
set(CMAKE_DEPENDS_DEPENDENCY_FILES
  "/tmp/core/tacho/bench/child.c" "CMakeFiles/tacho_bench.dir/bench/child.c.o" "gcc" "CMakeFiles/tacho_bench.dir/bench/child.c.o.d"
  "/tmp/core/tacho/bench/limit.c" "CMakeFiles/tacho_bench.dir/bench/limit.c.o" "gcc" "CMakeFiles/tacho_bench.dir/bench/limit.c.o.d"
  "/tmp/core/tacho/bench/lookup.c" "CMakeFiles/tacho_bench.dir/bench/lookup.c.o" "gcc" "CMakeFiles/tacho_bench.dir/bench/lookup.c.o.d"
  "/tmp/core/tacho/bench/loop.c" "CMakeFiles/tacho_bench.dir/bench/loop.c.o" "gcc" "CMakeFiles/tacho_bench.dir/bench/loop.c.o.d"
  "/tmp/core/tacho/bench/main.c" "CMakeFiles/tacho_bench.dir/bench/main.c.o" "gcc" "CMakeFiles/tacho_bench.dir/bench/main.c.o.d"
  "/tmp/core/tacho/bench/memory.c" "CMakeFiles/tacho_bench.dir/bench/memory.c.o" "gcc" "CMakeFiles/tacho_bench.dir/bench/memory.c.o.d"
  "/tmp/core/tacho/bench/population.c" "CMakeFiles/tacho_bench.dir/bench/population.c.o" "gcc" "CMakeFiles/tacho_bench.dir/bench/population.c.o.d"
  "/tmp/core/tacho/bench/scrape.c" "CMakeFiles/tacho_bench.dir/bench/scrape.c.o" "gcc" "CMakeFiles/tacho_bench.dir/bench/scrape.c.o.d"
  "/tmp/core/tacho/bench/series.c" "CMakeFiles/tacho_bench.dir/bench/series.c.o" "gcc" "CMakeFiles/tacho_bench.dir/bench/series.c.o.d"
  "/tmp/core/tacho/bench/stall.c" "CMakeFiles/tacho_bench.dir/bench/stall.c.o" "gcc" "CMakeFiles/tacho_bench.dir/bench/stall.c.o.d"
  "/tmp/core/tacho/bench/tools.c" "CMakeFiles/tacho_bench.dir/bench/tools.c.o" "gcc" "CMakeFiles/tacho_bench.dir/bench/tools.c.o.d"
  "/tmp/core/tacho/bench/update.c" "CMakeFiles/tacho_bench.dir/bench/update.c.o" "gcc" "CMakeFiles/tacho_bench.dir/bench/update.c.o.d"
  )

# Targets to which this target links.
set(CMAKE_TARGET_LINKED_INFO_FILES
  "/tmp/core/tacho/b/CMakeFiles/tacho.dir/DependInfo.cmake"
  )

# Fortran module output directory.
set(CMAKE_Fortran_TARGET_MODULE_DIR "")
