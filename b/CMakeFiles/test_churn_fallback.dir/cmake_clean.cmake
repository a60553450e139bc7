file(REMOVE_RECURSE
  "CMakeFiles/test_churn_fallback.dir/tests/stress/test_churn.c.o"
  "CMakeFiles/test_churn_fallback.dir/tests/stress/test_churn.c.o.d"
  "tests/test_churn_fallback"
  "tests/test_churn_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_churn_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
