file(REMOVE_RECURSE
  "CMakeFiles/test_signals.dir/tests/stress/test_signals.c.o"
  "CMakeFiles/test_signals.dir/tests/stress/test_signals.c.o.d"
  "tests/test_signals"
  "tests/test_signals.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_signals.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
