file(REMOVE_RECURSE
  "CMakeFiles/test_exemplar_slot_fallback.dir/tests/unit/test_exemplar_slot.c.o"
  "CMakeFiles/test_exemplar_slot_fallback.dir/tests/unit/test_exemplar_slot.c.o.d"
  "tests/test_exemplar_slot_fallback"
  "tests/test_exemplar_slot_fallback.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_exemplar_slot_fallback.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
