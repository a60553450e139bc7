file(REMOVE_RECURSE
  "CMakeFiles/test_registry_fallback.dir/tests/unit/test_registry.c.o"
  "CMakeFiles/test_registry_fallback.dir/tests/unit/test_registry.c.o.d"
  "tests/test_registry_fallback"
  "tests/test_registry_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_registry_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
