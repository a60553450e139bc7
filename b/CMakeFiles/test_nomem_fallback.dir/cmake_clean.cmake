file(REMOVE_RECURSE
  "CMakeFiles/test_nomem_fallback.dir/tests/unit/test_nomem.c.o"
  "CMakeFiles/test_nomem_fallback.dir/tests/unit/test_nomem.c.o.d"
  "tests/test_nomem_fallback"
  "tests/test_nomem_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_nomem_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
