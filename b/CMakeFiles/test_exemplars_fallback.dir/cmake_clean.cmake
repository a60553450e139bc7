file(REMOVE_RECURSE
  "CMakeFiles/test_exemplars_fallback.dir/tests/unit/test_exemplars.c.o"
  "CMakeFiles/test_exemplars_fallback.dir/tests/unit/test_exemplars.c.o.d"
  "tests/test_exemplars_fallback"
  "tests/test_exemplars_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_exemplars_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
