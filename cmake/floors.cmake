# src/FLOORS lists every file of src/ bottom-up: comments begin with #, lines are `FLOOR file file ...`.
# tests/lint/floors.py checks that includes point down this list.

# Set `result` to the absolute paths of the .c files, in the order of the list; empty if there is none.
function(tacho_floors result)
    set(floors ${PROJECT_SOURCE_DIR}/src/FLOORS)
    set(sources)
    if(EXISTS ${floors})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${floors})
        file(STRINGS ${floors} lines)
        foreach(line IN LISTS lines)
            string(REGEX REPLACE "#.*" "" line "${line}")
            string(REGEX MATCHALL "[^ \t]+\\.c" files "${line}")
            foreach(file IN LISTS files)
                if(EXISTS ${PROJECT_SOURCE_DIR}/src/${file})
                    list(APPEND sources ${PROJECT_SOURCE_DIR}/src/${file})
                else()
                    message(WARNING "src/FLOORS lists ${file}, which does not exist")
                endif()
            endforeach()
        endforeach()
    endif()
    set(${result} ${sources} PARENT_SCOPE)
endfunction()
