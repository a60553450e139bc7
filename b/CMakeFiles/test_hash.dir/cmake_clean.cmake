file(REMOVE_RECURSE
  "CMakeFiles/test_hash.dir/tests/unit/test_hash.c.o"
  "CMakeFiles/test_hash.dir/tests/unit/test_hash.c.o.d"
  "tests/test_hash"
  "tests/test_hash.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_hash.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
