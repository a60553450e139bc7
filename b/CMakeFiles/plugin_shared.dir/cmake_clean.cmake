file(REMOVE_RECURSE
  "CMakeFiles/plugin_shared.dir/tests/plugin/plugin.c.o"
  "CMakeFiles/plugin_shared.dir/tests/plugin/plugin.c.o.d"
  "CMakeFiles/plugin_shared.dir/tests/support/kinds.c.o"
  "CMakeFiles/plugin_shared.dir/tests/support/kinds.c.o.d"
  "tests/plugin_shared.pdb"
  "tests/plugin_shared.so"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/plugin_shared.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
