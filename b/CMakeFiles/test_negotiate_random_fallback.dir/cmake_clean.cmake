file(REMOVE_RECURSE
  "CMakeFiles/test_negotiate_random_fallback.dir/tests/unit/test_negotiate_random.c.o"
  "CMakeFiles/test_negotiate_random_fallback.dir/tests/unit/test_negotiate_random.c.o.d"
  "tests/test_negotiate_random_fallback"
  "tests/test_negotiate_random_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_negotiate_random_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
