file(REMOVE_RECURSE
  "CMakeFiles/test_native_race.dir/tests/stress/test_native_race.c.o"
  "CMakeFiles/test_native_race.dir/tests/stress/test_native_race.c.o.d"
  "tests/test_native_race"
  "tests/test_native_race.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_native_race.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
