file(REMOVE_RECURSE
  "CMakeFiles/test_type_rules_fallback.dir/tests/unit/test_type_rules.c.o"
  "CMakeFiles/test_type_rules_fallback.dir/tests/unit/test_type_rules.c.o.d"
  "tests/test_type_rules_fallback"
  "tests/test_type_rules_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_type_rules_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
