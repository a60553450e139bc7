file(REMOVE_RECURSE
  "CMakeFiles/test_qbsync_fallback.dir/tests/unit/test_qbsync.c.o"
  "CMakeFiles/test_qbsync_fallback.dir/tests/unit/test_qbsync.c.o.d"
  "tests/test_qbsync_fallback"
  "tests/test_qbsync_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_qbsync_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
