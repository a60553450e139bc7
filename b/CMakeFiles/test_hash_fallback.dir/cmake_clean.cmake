file(REMOVE_RECURSE
  "CMakeFiles/test_hash_fallback.dir/tests/unit/test_hash.c.o"
  "CMakeFiles/test_hash_fallback.dir/tests/unit/test_hash.c.o.d"
  "tests/test_hash_fallback"
  "tests/test_hash_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_hash_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
