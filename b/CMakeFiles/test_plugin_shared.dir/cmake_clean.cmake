file(REMOVE_RECURSE
  "CMakeFiles/test_plugin_shared.dir/tests/plugin/test_plugin.c.o"
  "CMakeFiles/test_plugin_shared.dir/tests/plugin/test_plugin.c.o.d"
  "CMakeFiles/test_plugin_shared.dir/tests/support/exposition.c.o"
  "CMakeFiles/test_plugin_shared.dir/tests/support/exposition.c.o.d"
  "CMakeFiles/test_plugin_shared.dir/tests/support/kinds.c.o"
  "CMakeFiles/test_plugin_shared.dir/tests/support/kinds.c.o.d"
  "CMakeFiles/test_plugin_shared.dir/tests/support/stress.c.o"
  "CMakeFiles/test_plugin_shared.dir/tests/support/stress.c.o.d"
  "tests/test_plugin_shared"
  "tests/test_plugin_shared.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_plugin_shared.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
