file(REMOVE_RECURSE
  "CMakeFiles/test_plugin.dir/tests/plugin/test_plugin.c.o"
  "CMakeFiles/test_plugin.dir/tests/plugin/test_plugin.c.o.d"
  "CMakeFiles/test_plugin.dir/tests/support/exposition.c.o"
  "CMakeFiles/test_plugin.dir/tests/support/exposition.c.o.d"
  "CMakeFiles/test_plugin.dir/tests/support/kinds.c.o"
  "CMakeFiles/test_plugin.dir/tests/support/kinds.c.o.d"
  "CMakeFiles/test_plugin.dir/tests/support/stress.c.o"
  "CMakeFiles/test_plugin.dir/tests/support/stress.c.o.d"
  "tests/test_plugin"
  "tests/test_plugin.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_plugin.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
