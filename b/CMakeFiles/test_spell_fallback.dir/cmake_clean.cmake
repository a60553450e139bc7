file(REMOVE_RECURSE
  "CMakeFiles/test_spell_fallback.dir/tests/unit/test_spell.c.o"
  "CMakeFiles/test_spell_fallback.dir/tests/unit/test_spell.c.o.d"
  "tests/test_spell_fallback"
  "tests/test_spell_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_spell_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
