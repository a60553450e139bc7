# Empty compiler generated dependencies file for test_scrape_types.
# This may be replaced when dependencies are built.
