# The page of src/page/ as a C file: one document with its style and script, and their hashes for the browser.
#
#   cmake -D SOURCE=src/page -D OUT=page_bytes.c -P cmake/page.cmake
#
# Comments, and the blanks and line ends around operators stay behind, except inside quotes. For that the sources keep a
# few rules: a string or template ends on its line, quotes stand only around strings (single) and templates, a template
# has none inside, comments are those between /* and */, and every statement has its semicolon.
# The script is the files in this order, from what is needed to what needs it.
set(TACHO_PAGE_SCRIPTS units store buckets chart plan card health poll main)

if(NOT CMAKE_SCRIPT_MODE_FILE)
    # Add a file with the page to `result`, made at build time.
    function(tacho_page result)
        set(source ${PROJECT_SOURCE_DIR}/src/page)
        set(script ${PROJECT_SOURCE_DIR}/cmake/page.cmake)
        set(out ${PROJECT_BINARY_DIR}/page_bytes.c)
        set(parts ${source}/page.html ${source}/page.css)
        foreach(name IN LISTS TACHO_PAGE_SCRIPTS)
            list(APPEND parts ${source}/${name}.js)
        endforeach()
        add_custom_command(OUTPUT ${out} DEPENDS ${parts} ${script} VERBATIM COMMENT "Embedding the page"
            COMMAND ${CMAKE_COMMAND} -D SOURCE=${source} -D OUT=${out} -P ${script})
        add_custom_target(tacho_page DEPENDS ${out}) # made once, however many libraries have it
        set(${result} ${out} PARENT_SCOPE)
    endfunction()
    return()
endif()

# The text of a file without comments, and blanks and line ends around the characters ARGN.
function(page_read result file)
    file(READ ${SOURCE}/${file} text)
    string(REGEX REPLACE "/\\*([^*]|\\*+[^*/])*\\*+/" "" text "${text}")
    string(REGEX REPLACE "\n[ \n]+" "\n" text "\n${text}")
    set(out)
    while(NOT text STREQUAL "")
        string(REGEX MATCH "^[^'`]*" code "${text}")
        string(LENGTH "${code}" at)
        string(SUBSTRING "${text}" ${at} -1 text)
        string(REGEX REPLACE "[ \n]*([${ARGN}])[ \n]*" "\\1" code "${code}")
        string(REGEX MATCH "^('[^'\n]*'|`[^`\n]*`)" quoted "${text}")
        string(LENGTH "${quoted}" at)
        if(at EQUAL 0 AND NOT text STREQUAL "")
            message(FATAL_ERROR "${file}: a quote does not end on its line")
        endif()
        string(SUBSTRING "${text}" ${at} -1 text)
        string(APPEND out "${code}${quoted}")
    endwhile()
    set(${result} "${out}" PARENT_SCOPE)
endfunction()

# What a Content-Security-Policy calls this text: the base64 of its SHA-256.
function(page_hash result text)
    set(alphabet ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
    string(SHA256 hex "${text}")
    set(hash)
    foreach(at RANGE 0 60 6)
        string(SUBSTRING "${hex}00" ${at} 6 part)
        foreach(shift IN ITEMS 18 12 6 0)
            math(EXPR index "(0x${part} >> ${shift}) & 63")
            string(SUBSTRING ${alphabet} ${index} 1 letter)
            string(APPEND hash ${letter})
        endforeach()
    endforeach()
    string(SUBSTRING ${hash} 0 43 hash) # 32 bytes: the last letter stands for none
    set(${result} "sha256-${hash}=" PARENT_SCOPE)
endfunction()

file(READ ${SOURCE}/page.html page)
page_read(css page.css "{}:;,>")
set(js)
foreach(name IN LISTS TACHO_PAGE_SCRIPTS)
    page_read(part ${name}.js "{}():;,=<>?&|*/")
    string(APPEND js "${part}")
endforeach()
page_hash(css_hash "${css}")
page_hash(js_hash "${js}")
string(REPLACE "@CSS@" "${css}" page "${page}")
string(REPLACE "@JS@" "${js}" page "${page}")

string(HEX "${page}" hex)
string(LENGTH "${hex}" size)
math(EXPR size "${size} / 2")
string(REPEAT "." 44 line)
string(REGEX REPLACE "(${line})" "\\1\n" bytes "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUT} "/* Made by cmake/page.cmake from src/page/; ${size} bytes. */
#include <stddef.h>
#include \"page.h\"
const char tacho__page_hashes[] = \"script-src '${js_hash}'; style-src '${css_hash}'\";
const size_t tacho__page_size = ${size};
const unsigned char tacho__page_bytes[] = {
${bytes}
};
")
