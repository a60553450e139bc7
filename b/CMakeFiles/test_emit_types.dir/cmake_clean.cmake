file(REMOVE_RECURSE
  "CMakeFiles/test_emit_types.dir/tests/unit/test_emit_types.c.o"
  "CMakeFiles/test_emit_types.dir/tests/unit/test_emit_types.c.o.d"
  "tests/test_emit_types"
  "tests/test_emit_types.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_emit_types.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
