file(REMOVE_RECURSE
  "CMakeFiles/test_crash_fallback.dir/tests/stress/test_crash.c.o"
  "CMakeFiles/test_crash_fallback.dir/tests/stress/test_crash.c.o.d"
  "tests/test_crash_fallback"
  "tests/test_crash_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_crash_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
