file(REMOVE_RECURSE
  "CMakeFiles/test_scrape_types_fallback.dir/tests/stress/test_scrape_types.c.o"
  "CMakeFiles/test_scrape_types_fallback.dir/tests/stress/test_scrape_types.c.o.d"
  "tests/test_scrape_types_fallback"
  "tests/test_scrape_types_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_scrape_types_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
