file(REMOVE_RECURSE
  "CMakeFiles/test_cpus.dir/tests/stress/test_cpus.c.o"
  "CMakeFiles/test_cpus.dir/tests/stress/test_cpus.c.o.d"
  "tests/test_cpus"
  "tests/test_cpus.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_cpus.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
