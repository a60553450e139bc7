#----------------------------------------------------------------
# Generated CMake target import file for configuration "Debug".
#----------------------------------------------------------------

# Commands may need to know the format version.
set(CMAKE_IMPORT_FILE_VERSION 1)

# Import target "tacho::tacho" for configuration "Debug"
set_property(TARGET tacho::tacho APPEND PROPERTY IMPORTED_CONFIGURATIONS DEBUG)
set_target_properties(tacho::tacho PROPERTIES
  IMPORTED_LINK_INTERFACE_LANGUAGES_DEBUG "C"
  IMPORTED_LOCATION_DEBUG "${_IMPORT_PREFIX}/lib/libtacho.a"
  )

list(APPEND _cmake_import_check_targets tacho::tacho )
list(APPEND _cmake_import_check_files_for_tacho::tacho "${_IMPORT_PREFIX}/lib/libtacho.a" )

# Commands beyond this point should not need to know the version.
set(CMAKE_IMPORT_FILE_VERSION)
