file(REMOVE_RECURSE
  "CMakeFiles/test_signals_fallback.dir/tests/stress/test_signals.c.o"
  "CMakeFiles/test_signals_fallback.dir/tests/stress/test_signals.c.o.d"
  "tests/test_signals_fallback"
  "tests/test_signals_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_signals_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
