file(REMOVE_RECURSE
  "CMakeFiles/test_type_rules.dir/tests/unit/test_type_rules.c.o"
  "CMakeFiles/test_type_rules.dir/tests/unit/test_type_rules.c.o.d"
  "tests/test_type_rules"
  "tests/test_type_rules.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_type_rules.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
