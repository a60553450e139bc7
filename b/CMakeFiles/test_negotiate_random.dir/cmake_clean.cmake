file(REMOVE_RECURSE
  "CMakeFiles/test_negotiate_random.dir/tests/unit/test_negotiate_random.c.o"
  "CMakeFiles/test_negotiate_random.dir/tests/unit/test_negotiate_random.c.o.d"
  "tests/test_negotiate_random"
  "tests/test_negotiate_random.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_negotiate_random.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
