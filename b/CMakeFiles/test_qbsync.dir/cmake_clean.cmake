file(REMOVE_RECURSE
  "CMakeFiles/test_qbsync.dir/tests/unit/test_qbsync.c.o"
  "CMakeFiles/test_qbsync.dir/tests/unit/test_qbsync.c.o.d"
  "tests/test_qbsync"
  "tests/test_qbsync.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_qbsync.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
