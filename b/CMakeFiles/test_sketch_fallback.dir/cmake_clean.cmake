file(REMOVE_RECURSE
  "CMakeFiles/test_sketch_fallback.dir/tests/unit/test_sketch.c.o"
  "CMakeFiles/test_sketch_fallback.dir/tests/unit/test_sketch.c.o.d"
  "tests/test_sketch_fallback"
  "tests/test_sketch_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_sketch_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
