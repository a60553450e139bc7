file(REMOVE_RECURSE
  "CMakeFiles/test_clash_fallback.dir/tests/unit/test_clash.c.o"
  "CMakeFiles/test_clash_fallback.dir/tests/unit/test_clash.c.o.d"
  "tests/test_clash_fallback"
  "tests/test_clash_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_clash_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
