# Empty dependencies file for test_scrape_memory_fallback.
# This may be replaced when dependencies are built.
