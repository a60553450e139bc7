# Packages of what is installed, made by `cpack` in a build directory: for Debian libtacho-dev and tacho-exporters, and the
# library as an archive that can be unpacked anywhere. In a build for the prefix /usr the library lies where Debian has its own,
# in lib/MULTIARCH; in any other it lies in /usr/lib, which serves as well.

find_program(TACHO_DPKG dpkg)
find_program(TACHO_SHLIBDEPS dpkg-shlibdeps)
mark_as_advanced(TACHO_DPKG TACHO_SHLIBDEPS)
set(doc ${CMAKE_INSTALL_DATAROOTDIR}/doc)

# Only in packages, hence EXCLUDE_FROM_ALL: where Debian wants its documents ...
set(components dev)
install(FILES LICENSE DESTINATION ${doc}/libtacho-dev RENAME copyright COMPONENT dev EXCLUDE_FROM_ALL)
install(FILES README.md DESTINATION ${doc}/libtacho-dev COMPONENT dev EXCLUDE_FROM_ALL)

# ... and the exporters, with dashboards and rules to begin with, and units that nobody enables but the administrator.
if(TACHO_EXPORTERS)
    list(APPEND components exporters)
    set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME exporters)
    install(TARGETS ${TACHO_EXPORTERS} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} EXCLUDE_FROM_ALL)
    install(FILES LICENSE DESTINATION ${doc}/tacho-exporters RENAME copyright EXCLUDE_FROM_ALL)
    foreach(exporter IN LISTS TACHO_EXPORTERS)
        string(REGEX REPLACE "_exporter$" "" name ${exporter})
        install(FILES examples/${name}/dashboard.json examples/${name}/rules.yml
            DESTINATION ${doc}/tacho-exporters/${name} EXCLUDE_FROM_ALL)
    endforeach()
    file(GLOB units CONFIGURE_DEPENDS examples/systemd/*.service examples/systemd/*.socket)
    foreach(unit IN LISTS units)
        file(READ ${unit} text)
        string(REGEX REPLACE "#   install -m [^\n]*\n" "" text "${text}") # which the package has done
        string(REPLACE /usr/local/bin/ /usr/bin/ text "${text}")
        cmake_path(GET unit FILENAME name)
        file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/systemd/${name} CONTENT "${text}" @ONLY)
        install(FILES ${PROJECT_BINARY_DIR}/systemd/${name} DESTINATION lib/systemd/system EXCLUDE_FROM_ALL)
    endforeach()
    unset(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME)
endif()

set(CPACK_GENERATOR TGZ)
if(TACHO_DPKG) # or CPack would have to guess the architecture
    list(APPEND CPACK_GENERATOR DEB)
endif()
set(CPACK_PACKAGE_NAME tacho)
set(CPACK_PACKAGE_VENDOR "The tacho authors")
set(CPACK_PACKAGE_CONTACT "The tacho authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # or it would be the first line of every description
set(CPACK_PACKAGE_FILE_NAME tacho-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_COMPONENTS_ALL ${components})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
if(TACHO_SHLIBDEPS AND NOT CMAKE_CROSSCOMPILING)
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()
if(CMAKE_CROSSCOMPILING AND CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
    set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE arm64) # and not that of this machine
endif()

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libtacho-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS libc6-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_RECOMMENDS pkg-config)
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS python3)
set(CPACK_DEBIAN_DEV_DESCRIPTION "embeddable metrics client library for C (development files)
Counters, gauges, histograms and summaries for C and C++ daemons, served to
Prometheus in whichever of its formats it asks for. An update costs about as
much as x++ and cannot fail; nothing is needed beyond libc.
.
This package has the headers, the library, its pkg-config and CMake files,
and tacho_schema.py, which makes dashboards and alerts of a registry.")

set(CPACK_DEBIAN_EXPORTERS_PACKAGE_NAME tacho-exporters)
set(CPACK_DEBIAN_EXPORTERS_PACKAGE_SECTION net)
set(CPACK_DEBIAN_EXPORTERS_PACKAGE_SUGGESTS "prometheus, postgresql-client")
set(CPACK_DEBIAN_EXPORTERS_DESCRIPTION "Prometheus exporters made with tacho
For the metrics of trackarr, qb-sync, playarr, Dragonfly and Tracearr, each with
a demo, a dashboard and alerts; and systemd units for that of qb-sync. None is
started by itself.")
include(CPack)
