file(REMOVE_RECURSE
  "CMakeFiles/test_exemplars.dir/tests/unit/test_exemplars.c.o"
  "CMakeFiles/test_exemplars.dir/tests/unit/test_exemplars.c.o.d"
  "tests/test_exemplars"
  "tests/test_exemplars.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_exemplars.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
