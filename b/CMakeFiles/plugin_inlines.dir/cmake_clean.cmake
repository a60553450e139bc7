file(REMOVE_RECURSE
  "CMakeFiles/plugin_inlines.dir/tests/plugin/plugin.c.o"
  "CMakeFiles/plugin_inlines.dir/tests/plugin/plugin.c.o.d"
  "tests/plugin_inlines.pdb"
  "tests/plugin_inlines.so"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/plugin_inlines.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
