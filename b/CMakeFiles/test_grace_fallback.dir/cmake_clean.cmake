file(REMOVE_RECURSE
  "CMakeFiles/test_grace_fallback.dir/tests/stress/test_grace.c.o"
  "CMakeFiles/test_grace_fallback.dir/tests/stress/test_grace.c.o.d"
  "tests/test_grace_fallback"
  "tests/test_grace_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_grace_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
