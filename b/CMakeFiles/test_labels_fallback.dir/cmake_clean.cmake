file(REMOVE_RECURSE
  "CMakeFiles/test_labels_fallback.dir/tests/unit/test_labels.c.o"
  "CMakeFiles/test_labels_fallback.dir/tests/unit/test_labels.c.o.d"
  "tests/test_labels_fallback"
  "tests/test_labels_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_labels_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
