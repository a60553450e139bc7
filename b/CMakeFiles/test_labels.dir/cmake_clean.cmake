file(REMOVE_RECURSE
  "CMakeFiles/test_labels.dir/tests/unit/test_labels.c.o"
  "CMakeFiles/test_labels.dir/tests/unit/test_labels.c.o.d"
  "tests/test_labels"
  "tests/test_labels.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_labels.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
