file(REMOVE_RECURSE
  "CMakeFiles/hello.dir/examples/hello.c.o"
  "CMakeFiles/hello.dir/examples/hello.c.o.d"
  "examples/hello"
  "examples/hello.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang C)
  include(CMakeFiles/hello.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
