# Manual pages, made by cmake/man.py where there is a python3: tacho(7) with the library, NAME_exporter(1) with each exporter; and
# what bash completes of the exporters' command lines.

find_program(TACHO_PYTHON python3)
mark_as_advanced(TACHO_PYTHON)
set(man_dir ${PROJECT_BINARY_DIR}/man)
file(MAKE_DIRECTORY ${man_dir})

# A page made when all is built: `kind` and `subject` are for man.py; ARGN: what it is made of.
function(tacho_man_page page kind subject)
    set(script ${PROJECT_SOURCE_DIR}/cmake/man.py)
    add_custom_command(OUTPUT ${man_dir}/${page} DEPENDS ${script} ${ARGN} VERBATIM COMMENT "Writing ${page}"
        COMMAND ${TACHO_PYTHON} -B ${script} ${kind} ${subject} ${man_dir}/${page})
    cmake_path(GET page STEM LAST_ONLY name)
    add_custom_target(${name}_manual ALL DEPENDS ${man_dir}/${page})
endfunction()

if(TACHO_PYTHON)
    file(GLOB headers CONFIGURE_DEPENDS include/tacho/*.h)
    tacho_man_page(tacho.7 tacho ${PROJECT_SOURCE_DIR} ${headers} ${PROJECT_SOURCE_DIR}/README.md)
    add_dependencies(tacho tacho_manual) # whoever built the library can install it
    install(FILES ${man_dir}/tacho.7 DESTINATION ${CMAKE_INSTALL_MANDIR}/man7 COMPONENT dev)
else()
    message(NOTICE "python3 not found: the manual pages are left out")
endif()

file(GLOB mains CONFIGURE_DEPENDS examples/*/main.c)
foreach(main IN LISTS mains)
    cmake_path(GET main PARENT_PATH dir)
    cmake_path(GET dir FILENAME name)
    if(NOT TARGET ${name}_exporter)
        continue()
    endif()
    install(FILES examples/common/completion.bash RENAME ${name}_exporter COMPONENT exporters EXCLUDE_FROM_ALL
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    if(TACHO_PYTHON AND NOT CMAKE_CROSSCOMPILING) # the program has to run here
        tacho_man_page(${name}_exporter.1 program $<TARGET_FILE:${name}_exporter> ${name}_exporter)
        install(FILES ${man_dir}/${name}_exporter.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT exporters EXCLUDE_FROM_ALL)
    endif()
endforeach()
