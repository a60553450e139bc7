file(REMOVE_RECURSE
  "CMakeFiles/test_http_msg_fallback.dir/tests/unit/test_http_msg.c.o"
  "CMakeFiles/test_http_msg_fallback.dir/tests/unit/test_http_msg.c.o.d"
  "tests/test_http_msg_fallback"
  "tests/test_http_msg_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_http_msg_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
