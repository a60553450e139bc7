file(REMOVE_RECURSE
  "CMakeFiles/examples_common.dir/examples/common/demo.c.o"
  "CMakeFiles/examples_common.dir/examples/common/demo.c.o.d"
  "CMakeFiles/examples_common.dir/examples/common/event_intake.c.o"
  "CMakeFiles/examples_common.dir/examples/common/event_intake.c.o.d"
  "CMakeFiles/examples_common.dir/examples/common/event_reader.c.o"
  "CMakeFiles/examples_common.dir/examples/common/event_reader.c.o.d"
  "CMakeFiles/examples_common.dir/examples/common/events.c.o"
  "CMakeFiles/examples_common.dir/examples/common/events.c.o.d"
  "CMakeFiles/examples_common.dir/examples/common/exporter.c.o"
  "CMakeFiles/examples_common.dir/examples/common/exporter.c.o.d"
  "CMakeFiles/examples_common.dir/examples/common/help.c.o"
  "CMakeFiles/examples_common.dir/examples/common/help.c.o.d"
  "CMakeFiles/examples_common.dir/examples/common/options.c.o"
  "CMakeFiles/examples_common.dir/examples/common/options.c.o.d"
  "CMakeFiles/examples_common.dir/examples/common/probes.c.o"
  "CMakeFiles/examples_common.dir/examples/common/probes.c.o.d"
  "CMakeFiles/examples_common.dir/examples/common/rows.c.o"
  "CMakeFiles/examples_common.dir/examples/common/rows.c.o.d"
  "CMakeFiles/examples_common.dir/examples/common/say.c.o"
  "CMakeFiles/examples_common.dir/examples/common/say.c.o.d"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/examples_common.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
