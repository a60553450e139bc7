file(REMOVE_RECURSE
  "CMakeFiles/test_scrape_fallback.dir/tests/unit/test_scrape.c.o"
  "CMakeFiles/test_scrape_fallback.dir/tests/unit/test_scrape.c.o.d"
  "tests/test_scrape_fallback"
  "tests/test_scrape_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_scrape_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
