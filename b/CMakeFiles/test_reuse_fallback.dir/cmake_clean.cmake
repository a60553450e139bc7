file(REMOVE_RECURSE
  "CMakeFiles/test_reuse_fallback.dir/tests/unit/test_reuse.c.o"
  "CMakeFiles/test_reuse_fallback.dir/tests/unit/test_reuse.c.o.d"
  "tests/test_reuse_fallback"
  "tests/test_reuse_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_reuse_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
