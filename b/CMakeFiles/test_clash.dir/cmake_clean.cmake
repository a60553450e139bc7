file(REMOVE_RECURSE
  "CMakeFiles/test_clash.dir/tests/unit/test_clash.c.o"
  "CMakeFiles/test_clash.dir/tests/unit/test_clash.c.o.d"
  "tests/test_clash"
  "tests/test_clash.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_clash.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
