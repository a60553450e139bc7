file(REMOVE_RECURSE
  "CMakeFiles/test_scrape_memory.dir/tests/unit/test_scrape_memory.c.o"
  "CMakeFiles/test_scrape_memory.dir/tests/unit/test_scrape_memory.c.o.d"
  "tests/test_scrape_memory"
  "tests/test_scrape_memory.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_scrape_memory.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
