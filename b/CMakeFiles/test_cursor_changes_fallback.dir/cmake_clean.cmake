file(REMOVE_RECURSE
  "CMakeFiles/test_cursor_changes_fallback.dir/tests/unit/test_cursor_changes.c.o"
  "CMakeFiles/test_cursor_changes_fallback.dir/tests/unit/test_cursor_changes.c.o.d"
  "tests/test_cursor_changes_fallback"
  "tests/test_cursor_changes_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_cursor_changes_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
