file(REMOVE_RECURSE
  "CMakeFiles/test_random_registries.dir/tests/unit/test_random_registries.c.o"
  "CMakeFiles/test_random_registries.dir/tests/unit/test_random_registries.c.o.d"
  "tests/test_random_registries"
  "tests/test_random_registries.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_random_registries.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
