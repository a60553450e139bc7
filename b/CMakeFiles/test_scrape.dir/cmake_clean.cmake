file(REMOVE_RECURSE
  "CMakeFiles/test_scrape.dir/tests/unit/test_scrape.c.o"
  "CMakeFiles/test_scrape.dir/tests/unit/test_scrape.c.o.d"
  "tests/test_scrape"
  "tests/test_scrape.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_scrape.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
