file(REMOVE_RECURSE
  "CMakeFiles/test_http_respond.dir/tests/unit/test_http_respond.c.o"
  "CMakeFiles/test_http_respond.dir/tests/unit/test_http_respond.c.o.d"
  "tests/test_http_respond"
  "tests/test_http_respond.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_http_respond.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
