file(REMOVE_RECURSE
  "CMakeFiles/test_text.dir/tests/unit/test_text.c.o"
  "CMakeFiles/test_text.dir/tests/unit/test_text.c.o.d"
  "tests/test_text"
  "tests/test_text.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_text.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
