file(REMOVE_RECURSE
  "CMakeFiles/adapter.dir/tests/adapter/adapter.c.o"
  "CMakeFiles/adapter.dir/tests/adapter/adapter.c.o.d"
  "CMakeFiles/adapter.dir/tests/adapter/family.c.o"
  "CMakeFiles/adapter.dir/tests/adapter/family.c.o.d"
  "CMakeFiles/adapter.dir/tests/adapter/fields.c.o"
  "CMakeFiles/adapter.dir/tests/adapter/fields.c.o.d"
  "CMakeFiles/adapter.dir/tests/adapter/keep.c.o"
  "CMakeFiles/adapter.dir/tests/adapter/keep.c.o.d"
  "CMakeFiles/adapter.dir/tests/adapter/op.c.o"
  "CMakeFiles/adapter.dir/tests/adapter/op.c.o.d"
  "tests/adapter"
  "tests/adapter.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/adapter.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
