file(REMOVE_RECURSE
  "CMakeFiles/test_metric_fallback.dir/tests/unit/test_metric.c.o"
  "CMakeFiles/test_metric_fallback.dir/tests/unit/test_metric.c.o.d"
  "tests/test_metric_fallback"
  "tests/test_metric_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_metric_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
