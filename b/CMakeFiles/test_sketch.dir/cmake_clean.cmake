file(REMOVE_RECURSE
  "CMakeFiles/test_sketch.dir/tests/unit/test_sketch.c.o"
  "CMakeFiles/test_sketch.dir/tests/unit/test_sketch.c.o.d"
  "tests/test_sketch"
  "tests/test_sketch.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_sketch.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
