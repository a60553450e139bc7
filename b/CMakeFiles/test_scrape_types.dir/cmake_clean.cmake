file(REMOVE_RECURSE
  "CMakeFiles/test_scrape_types.dir/tests/stress/test_scrape_types.c.o"
  "CMakeFiles/test_scrape_types.dir/tests/stress/test_scrape_types.c.o.d"
  "tests/test_scrape_types"
  "tests/test_scrape_types.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_scrape_types.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
