file(REMOVE_RECURSE
  "CMakeFiles/tacho_bench.dir/bench/child.c.o"
  "CMakeFiles/tacho_bench.dir/bench/child.c.o.d"
  "CMakeFiles/tacho_bench.dir/bench/limit.c.o"
  "CMakeFiles/tacho_bench.dir/bench/limit.c.o.d"
  "CMakeFiles/tacho_bench.dir/bench/lookup.c.o"
  "CMakeFiles/tacho_bench.dir/bench/lookup.c.o.d"
  "CMakeFiles/tacho_bench.dir/bench/loop.c.o"
  "CMakeFiles/tacho_bench.dir/bench/loop.c.o.d"
  "CMakeFiles/tacho_bench.dir/bench/main.c.o"
  "CMakeFiles/tacho_bench.dir/bench/main.c.o.d"
  "CMakeFiles/tacho_bench.dir/bench/memory.c.o"
  "CMakeFiles/tacho_bench.dir/bench/memory.c.o.d"
  "CMakeFiles/tacho_bench.dir/bench/population.c.o"
  "CMakeFiles/tacho_bench.dir/bench/population.c.o.d"
  "CMakeFiles/tacho_bench.dir/bench/scrape.c.o"
  "CMakeFiles/tacho_bench.dir/bench/scrape.c.o.d"
  "CMakeFiles/tacho_bench.dir/bench/series.c.o"
  "CMakeFiles/tacho_bench.dir/bench/series.c.o.d"
  "CMakeFiles/tacho_bench.dir/bench/stall.c.o"
  "CMakeFiles/tacho_bench.dir/bench/stall.c.o.d"
  "CMakeFiles/tacho_bench.dir/bench/tools.c.o"
  "CMakeFiles/tacho_bench.dir/bench/tools.c.o.d"
  "CMakeFiles/tacho_bench.dir/bench/update.c.o"
  "CMakeFiles/tacho_bench.dir/bench/update.c.o.d"
  "bench/tacho_bench"
  "bench/tacho_bench.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/tacho_bench.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
