file(REMOVE_RECURSE
  "CMakeFiles/test_rseq_fallback.dir/tests/stress/test_rseq.c.o"
  "CMakeFiles/test_rseq_fallback.dir/tests/stress/test_rseq.c.o.d"
  "tests/test_rseq_fallback"
  "tests/test_rseq_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_rseq_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
