file(REMOVE_RECURSE
  "CMakeFiles/test_churn.dir/tests/stress/test_churn.c.o"
  "CMakeFiles/test_churn.dir/tests/stress/test_churn.c.o.d"
  "tests/test_churn"
  "tests/test_churn.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_churn.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
