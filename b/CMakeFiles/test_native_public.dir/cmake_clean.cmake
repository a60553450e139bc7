file(REMOVE_RECURSE
  "CMakeFiles/test_native_public.dir/tests/unit/test_native_public.c.o"
  "CMakeFiles/test_native_public.dir/tests/unit/test_native_public.c.o.d"
  "tests/test_native_public"
  "tests/test_native_public.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/test_native_public.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
