file(REMOVE_RECURSE
  "CMakeFiles/test_sketch_window.dir/tests/unit/test_sketch_window.c.o"
  "CMakeFiles/test_sketch_window.dir/tests/unit/test_sketch_window.c.o.d"
  "tests/test_sketch_window"
  "tests/test_sketch_window.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_sketch_window.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
