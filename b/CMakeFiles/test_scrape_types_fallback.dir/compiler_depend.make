# Empty compiler generated dependencies file for test_scrape_types_fallback.
# This may be replaced when dependencies are built.
