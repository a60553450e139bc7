/*
 * page.c - the page at "/". What a browser may do with it is in its policy, which the build makes with the page.
 */
#include "page.h"

#include <stdio.h>

#ifdef TACHO_NO_PAGE

const char *tacho__page_document(size_t *len)
{
    *len = 0;
    return NULL;
}

void tacho__page_fields(const char *path, char *out)
{
    (void)path;
    *out = '\0';
}

#else

const char *tacho__page_document(size_t *len)
{
    *len = tacho__page_size;
    return (const char *)tacho__page_bytes;
}

void tacho__page_fields(const char *path, char *out)
{
    (void)snprintf(out, TACHO__PAGE_FIELDS_MAX,
                   "Content-Security-Policy: %s\r\n"
                   "Referrer-Policy: no-referrer\r\n%s%s%s",
                   tacho__page_policy, path ? "Link: <" : "", path ? path : "",
                   path ? ".json>; rel=\"alternate\"; type=\"application/json\"\r\n" : "");
}

#endif
