file(REMOVE_RECURSE
  "CMakeFiles/test_cpus_fallback.dir/tests/stress/test_cpus.c.o"
  "CMakeFiles/test_cpus_fallback.dir/tests/stress/test_cpus.c.o.d"
  "tests/test_cpus_fallback"
  "tests/test_cpus_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_cpus_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
