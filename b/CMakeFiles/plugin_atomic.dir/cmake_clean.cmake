file(REMOVE_RECURSE
  "CMakeFiles/plugin_atomic.dir/tests/plugin/plugin.c.o"
  "CMakeFiles/plugin_atomic.dir/tests/plugin/plugin.c.o.d"
  "tests/plugin_atomic.pdb"
  "tests/plugin_atomic.so"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/plugin_atomic.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
