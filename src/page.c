/*
 * page.c - the page at "/", and what a browser may do with it: run this script and this style by their hashes, ask this
 * address, show its own icon; nothing else, and in nobody's frame.
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
                   "Content-Security-Policy: default-src 'none'; %s; img-src data:; connect-src 'self'; "
                   "frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n"
                   "Referrer-Policy: no-referrer\r\n%s%s%s",
                   tacho__page_hashes, path ? "Link: <" : "", path ? path : "",
                   path ? ".json>; rel=\"alternate\"; type=\"application/json\"\r\n" : "");
}

#endif
