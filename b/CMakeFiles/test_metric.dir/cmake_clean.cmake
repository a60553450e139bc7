file(REMOVE_RECURSE
  "CMakeFiles/test_metric.dir/tests/unit/test_metric.c.o"
  "CMakeFiles/test_metric.dir/tests/unit/test_metric.c.o.d"
  "tests/test_metric"
  "tests/test_metric.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_metric.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
