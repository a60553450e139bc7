file(REMOVE_RECURSE
  "CMakeFiles/pool.dir/examples/pool.c.o"
  "CMakeFiles/pool.dir/examples/pool.c.o.d"
  "examples/pool"
  "examples/pool.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/pool.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
