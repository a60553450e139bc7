file(REMOVE_RECURSE
  "CMakeFiles/test_cells.dir/tests/unit/test_cells.c.o"
  "CMakeFiles/test_cells.dir/tests/unit/test_cells.c.o.d"
  "tests/test_cells"
  "tests/test_cells.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_cells.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
