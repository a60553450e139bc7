file(REMOVE_RECURSE
  "CMakeFiles/test_plugin_apart.dir/tests/plugin/test_plugin.c.o"
  "CMakeFiles/test_plugin_apart.dir/tests/plugin/test_plugin.c.o.d"
  "CMakeFiles/test_plugin_apart.dir/tests/support/exposition.c.o"
  "CMakeFiles/test_plugin_apart.dir/tests/support/exposition.c.o.d"
  "CMakeFiles/test_plugin_apart.dir/tests/support/kinds.c.o"
  "CMakeFiles/test_plugin_apart.dir/tests/support/kinds.c.o.d"
  "CMakeFiles/test_plugin_apart.dir/tests/support/stress.c.o"
  "CMakeFiles/test_plugin_apart.dir/tests/support/stress.c.o.d"
  "tests/test_plugin_apart"
  "tests/test_plugin_apart.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_plugin_apart.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
