# Pages as C files: one HTML document each, with its style and script inside, and what a browser may do with it.
#
#   cmake -D NAME=tacho__page -D HTML=page.html -D "STYLES=look.css;page.css" -D "SCRIPTS=dom.js;..." -D HEADER=page.h
#         -D OUT=page_bytes.c -P cmake/page.cmake
#
# Comments, and the blanks and line ends around operators stay behind, except inside quotes. For that the sources keep a
# few rules: a string or template ends on its line, quotes stand only around strings (single) and templates, a template
# has none inside, comments are those between /* and */, and every statement has its semicolon.

if(NOT CMAKE_SCRIPT_MODE_FILE)
    # Set `result` to a file with a page, made at build time by the target tacho_STEM, STEM being that of HTML. It
    # defines NAME_bytes, NAME_size and NAME_policy as HEADER declares them. The style is the files STYLES in this
    # order, and the script the files SCRIPTS, from what is needed to what needs it.
    function(tacho_page result)
        cmake_parse_arguments(PARSE_ARGV 1 page "" "NAME;HTML;HEADER" "STYLES;SCRIPTS")
        cmake_path(GET page_HTML STEM stem)
        set(out ${PROJECT_BINARY_DIR}/${stem}_bytes.c)
        set(script ${PROJECT_SOURCE_DIR}/cmake/page.cmake)
        set(${result} ${out} PARENT_SCOPE)
        if(TARGET tacho_${stem})
            return()
        endif()
        list(TRANSFORM page_STYLES PREPEND ${PROJECT_SOURCE_DIR}/)
        list(TRANSFORM page_SCRIPTS PREPEND ${PROJECT_SOURCE_DIR}/)
        set(html ${PROJECT_SOURCE_DIR}/${page_HTML})
        add_custom_command(OUTPUT ${out} DEPENDS ${html} ${page_STYLES} ${page_SCRIPTS} ${script}
            VERBATIM COMMENT "Embedding ${page_HTML}"
            COMMAND ${CMAKE_COMMAND} -D NAME=${page_NAME} -D HTML=${html} -D "STYLES=${page_STYLES}"
                    -D "SCRIPTS=${page_SCRIPTS}" -D HEADER=${page_HEADER} -D OUT=${out} -P ${script})
        add_custom_target(tacho_${stem} DEPENDS ${out}) # made once, however many targets have it
    endfunction()

    # That of the library, at "/".
    function(tacho_own_page result)
        set(scripts units store buckets chart plan card health poll main)
        list(TRANSFORM scripts REPLACE "(.+)" "src/page/\\1.js")
        tacho_page(${result} NAME tacho__page HTML src/page/page.html HEADER page.h
            STYLES src/page/look.css src/page/page.css SCRIPTS src/page/dom.js ${scripts})
        set(${result} ${${result}} PARENT_SCOPE)
    endfunction()

    # Those of the examples.
    function(tacho_example_pages result)
        tacho_page(${result} NAME playarr_settings HTML examples/playarr/settings.html HEADER playarr_settings.h
            STYLES src/page/look.css examples/playarr/settings.css SCRIPTS src/page/dom.js examples/playarr/settings.js)
        set(${result} ${${result}} PARENT_SCOPE)
    endfunction()
    return()
endif()

# The text of a file without comments, and blanks and line ends around the characters ARGN.
function(page_read result file)
    file(READ ${file} text)
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

# The text of several.
function(page_join result operators) # FILES...
    set(all)
    foreach(file IN LISTS ARGN)
        page_read(part ${file} "${operators}")
        string(APPEND all "${part}")
    endforeach()
    set(${result} "${all}" PARENT_SCOPE)
endfunction()

file(READ ${HTML} page)
page_join(css "{}:;,>" ${STYLES})
page_join(js "{}():;,=<>?&|*/" ${SCRIPTS})
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
cmake_path(GET HTML FILENAME name)
# A page runs its script and its style, asks its own address, shows its own icon; nothing else, and in nobody's frame.
file(WRITE ${OUT} "/* Made by cmake/page.cmake from ${name}; ${size} bytes. */
#include <stddef.h>
#include \"${HEADER}\"
const char ${NAME}_policy[] =
    \"default-src 'none'; script-src '${js_hash}'; style-src '${css_hash}'; img-src data:; connect-src 'self'; \"
    \"frame-ancestors 'none'; base-uri 'none'; form-action 'none'\";
const size_t ${NAME}_size = ${size};
const unsigned char ${NAME}_bytes[] = {
${bytes}
};
")
