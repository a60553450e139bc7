file(REMOVE_RECURSE
  "CMakeFiles/test_http_msg.dir/tests/unit/test_http_msg.c.o"
  "CMakeFiles/test_http_msg.dir/tests/unit/test_http_msg.c.o.d"
  "tests/test_http_msg"
  "tests/test_http_msg.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_http_msg.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
