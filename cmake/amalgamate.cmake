# The library as two files, tacho.h and tacho.c, for programs that would rather compile it than link it, and tacho_test.h for
# their tests:
#
#   cmake -D OUT=DIR -P cmake/amalgamate.cmake
#   cc app.c DIR/tacho.c -I DIR -pthread        where app.c says #include "tacho.h"; or, with OUT=DIR/tacho,
#   cc app.c DIR/tacho/tacho.c -I DIR -pthread  where it says #include <tacho/tacho.h>, as for the library
#
# tacho.h is the public headers, each behind those that it includes; tacho.c is the sources in the order of src/FLOORS, in which
# a file includes only what stands before it. So includes of files of the library need only to be left out.
cmake_minimum_required(VERSION 3.21)
if(NOT OUT)
    message(FATAL_ERROR "Say where to: cmake -D OUT=DIR -P cmake/amalgamate.cmake")
endif()
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
get_filename_component(out ${OUT} ABSOLUTE BASE_DIR ${CMAKE_SOURCE_DIR})

file(STRINGS ${root}/CMakeLists.txt version REGEX "^project\\(tacho VERSION")
string(REGEX REPLACE ".*VERSION ([0-9.]+).*" "\\1" version "${version}")
file(READ ${root}/LICENSE license)
string(REGEX REPLACE "\n" "\n * " license "\n${license}")
string(PREPEND license "/*\n * tacho ${version}, made by cmake/amalgamate.cmake.\n *")
string(REGEX REPLACE "[ \n*]+$" "" license "${license}")
string(REGEX REPLACE " +\n" "\n" license "${license}\n */\n")

# Append a file to the variable `result` of the caller, less what it includes of the library and macros that are set once.
function(amalgam_append result file)
    file(READ ${file} text)
    string(REGEX REPLACE "\n#include (\"[^\"\n]*\"|<tacho/[^>\n]*>)[^\n]*" "" text "\n${text}")
    string(REGEX REPLACE "\n#define _GNU_SOURCE[^\n]*" "" text "${text}")
    file(RELATIVE_PATH name ${root} ${file})
    set(${result} "${${result}}\n/* ---- ${name} ---- */\n${text}" PARENT_SCOPE)
endfunction()

# Append a public header behind those that it includes, each once.
macro(amalgam_header name)
    if(NOT "${name}" IN_LIST headers)
        list(APPEND headers ${name})
        file(READ ${root}/include/tacho/${name} text)
        string(REGEX MATCHALL "#include <tacho/[a-z_]+\\.h>" needed "${text}")
        foreach(include IN LISTS needed)
            string(REGEX REPLACE ".*/(.*)>" "\\1" include "${include}")
            amalgam_header(${include})
        endforeach()
        amalgam_append(header ${root}/include/tacho/${name})
    endif()
endmacro()

set(headers)
set(header)
amalgam_header(tacho.h)
set(public "${header}")
set(header)
amalgam_header(tacho_test.h)

set(source "${header}")
file(STRINGS ${root}/src/FLOORS floors REGEX "^[0-9]")
foreach(floor IN LISTS floors)
    # Files of parts that can be left out stand behind `PART|PART:`.
    string(REGEX MATCH "[A-Z|]+:" parts "${floor}")
    string(REGEX REPLACE "([A-Z]+)[|:]" " || !defined(TACHO_NO_\\1)" condition "${parts}")
    string(REGEX REPLACE "^ \\|\\| " "" condition "${condition}")
    if(condition)
        string(APPEND source "\n#if ${condition}\n")
    endif()
    separate_arguments(files UNIX_COMMAND "${floor}")
    list(FILTER files INCLUDE REGEX "^[a-z0-9_]+\\.[ch]$")
    foreach(file IN LISTS files)
        amalgam_append(source ${root}/src/${file})
    endforeach()
    if(condition)
        string(APPEND source "\n#endif\n")
    endif()
endforeach()

# The page, of whose sources the list has the order too.
string(REGEX MATCHALL "page/[a-z]+\\.css" styles "${floors}")
string(REGEX MATCHALL "page/[a-z]+\\.js" scripts "${floors}")
list(TRANSFORM styles PREPEND ${root}/src/)
list(TRANSFORM scripts PREPEND ${root}/src/)
set(page ${out}/page_bytes.c)
execute_process(COMMAND_ERROR_IS_FATAL ANY
    COMMAND ${CMAKE_COMMAND} -D NAME=tacho__page -D HTML=${root}/src/page/page.html -D "STYLES=${styles}" -D "SCRIPTS=${scripts}"
            -D HEADER=page.h -D OUT=${page} -P ${root}/cmake/page.cmake)
string(APPEND source "\n#if !defined(TACHO_NO_PAGE) && !defined(TACHO_NO_HTTP)\n")
amalgam_append(source ${page})
string(APPEND source "\n#endif\n")
file(REMOVE ${page})

file(WRITE ${out}/tacho.h "${license}${public}")
file(WRITE ${out}/tacho_test.h "${license}\n#include \"tacho.h\"\n${header}")
file(WRITE ${out}/tacho.c "${license}
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include \"tacho.h\"
${source}")
