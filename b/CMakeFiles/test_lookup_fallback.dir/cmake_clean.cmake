file(REMOVE_RECURSE
  "CMakeFiles/test_lookup_fallback.dir/tests/unit/test_lookup.c.o"
  "CMakeFiles/test_lookup_fallback.dir/tests/unit/test_lookup.c.o.d"
  "tests/test_lookup_fallback"
  "tests/test_lookup_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_lookup_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
