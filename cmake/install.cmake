include(CMakePackageConfigHelpers)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME dev)

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tacho)
set(libraries tacho)

# The .pc files find the prefix from where they lie, so that an installed tree can be moved.
file(RELATIVE_PATH TACHO_PC_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" TACHO_PC_UP ${TACHO_PC_UP})
list(TRANSFORM TACHO_WITHOUT PREPEND " -D" OUTPUT_VARIABLE TACHO_PC_CFLAGS)
list(JOIN TACHO_PC_CFLAGS "" TACHO_PC_CFLAGS)
set(pc_files tacho.pc)
if(TACHO_SHARED)
    list(APPEND libraries tacho_shared)
    list(APPEND pc_files tacho-shared.pc)
endif()
foreach(pc IN LISTS pc_files)
    configure_file(cmake/${pc}.in ${PROJECT_BINARY_DIR}/${pc} @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/${pc} DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

configure_package_config_file(cmake/tachoConfig.cmake.in ${PROJECT_BINARY_DIR}/tachoConfig.cmake
    INSTALL_DESTINATION ${config_dir} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# Before 1.0 a minor version may break its callers.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tachoConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tachoConfig.cmake ${PROJECT_BINARY_DIR}/tachoConfigVersion.cmake
    DESTINATION ${config_dir})

install(TARGETS ${libraries} EXPORT tachoTargets)
install(EXPORT tachoTargets NAMESPACE tacho:: DESTINATION ${config_dir})
install(DIRECTORY include/tacho DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(PROGRAMS cmake/tacho_schema.py DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT doc) # a Debian package has its own place for them
unset(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME)
