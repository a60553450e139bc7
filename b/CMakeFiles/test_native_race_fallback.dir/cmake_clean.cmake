file(REMOVE_RECURSE
  "CMakeFiles/test_native_race_fallback.dir/tests/stress/test_native_race.c.o"
  "CMakeFiles/test_native_race_fallback.dir/tests/stress/test_native_race.c.o.d"
  "tests/test_native_race_fallback"
  "tests/test_native_race_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_native_race_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
