file(REMOVE_RECURSE
  "CMakeFiles/test_prefork_types_fallback.dir/tests/stress/test_prefork_types.c.o"
  "CMakeFiles/test_prefork_types_fallback.dir/tests/stress/test_prefork_types.c.o.d"
  "tests/test_prefork_types_fallback"
  "tests/test_prefork_types_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_prefork_types_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
