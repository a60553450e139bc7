file(REMOVE_RECURSE
  "CMakeFiles/test_edges_fallback.dir/tests/stress/test_edges.c.o"
  "CMakeFiles/test_edges_fallback.dir/tests/stress/test_edges.c.o.d"
  "tests/test_edges_fallback"
  "tests/test_edges_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_edges_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
