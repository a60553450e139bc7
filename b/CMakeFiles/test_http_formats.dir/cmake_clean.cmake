file(REMOVE_RECURSE
  "CMakeFiles/test_http_formats.dir/tests/unit/test_http_formats.c.o"
  "CMakeFiles/test_http_formats.dir/tests/unit/test_http_formats.c.o.d"
  "tests/test_http_formats"
  "tests/test_http_formats.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_http_formats.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
