file(REMOVE_RECURSE
  "CMakeFiles/plugin_static.dir/tests/plugin/plugin.c.o"
  "CMakeFiles/plugin_static.dir/tests/plugin/plugin.c.o.d"
  "CMakeFiles/plugin_static.dir/tests/support/kinds.c.o"
  "CMakeFiles/plugin_static.dir/tests/support/kinds.c.o.d"
  "tests/plugin_static.pdb"
  "tests/plugin_static.so"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/plugin_static.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
