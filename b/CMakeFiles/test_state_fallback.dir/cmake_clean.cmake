file(REMOVE_RECURSE
  "CMakeFiles/test_state_fallback.dir/tests/unit/test_state.c.o"
  "CMakeFiles/test_state_fallback.dir/tests/unit/test_state.c.o.d"
  "tests/test_state_fallback"
  "tests/test_state_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_state_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
