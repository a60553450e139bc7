file(REMOVE_RECURSE
  "CMakeFiles/test_spell.dir/tests/unit/test_spell.c.o"
  "CMakeFiles/test_spell.dir/tests/unit/test_spell.c.o.d"
  "tests/test_spell"
  "tests/test_spell.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_spell.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
