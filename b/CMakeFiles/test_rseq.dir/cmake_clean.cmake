file(REMOVE_RECURSE
  "CMakeFiles/test_rseq.dir/tests/stress/test_rseq.c.o"
  "CMakeFiles/test_rseq.dir/tests/stress/test_rseq.c.o.d"
  "tests/test_rseq"
  "tests/test_rseq.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_rseq.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
