file(REMOVE_RECURSE
  "CMakeFiles/test_cells_fallback.dir/tests/unit/test_cells.c.o"
  "CMakeFiles/test_cells_fallback.dir/tests/unit/test_cells.c.o.d"
  "tests/test_cells_fallback"
  "tests/test_cells_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_cells_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
