/*
 * page.h - the page at "/": its bytes, and the header fields that go with them.
 *
 * The page is the same for everybody and shows nothing by itself: it asks for PATH.json with the token that a person
 * types. Where PATH is stands in a Link field of the answer, for those who may know. The sources are in src/page/;
 * cmake/page.cmake makes one document of them, and of that the array here. A build with TACHO_NO_PAGE has no page,
 * nor has one without JSON.
 */
#ifndef TACHO_PAGE_H
#define TACHO_PAGE_H

#include "internal.h"

#if defined(TACHO_NO_JSON) && !defined(TACHO_NO_PAGE)
#define TACHO_NO_PAGE 1
#endif

#define TACHO__PAGE_FIELDS_MAX 1024

/* Made by the build from src/page/. */
extern TACHO_INTERNAL const unsigned char tacho__page_bytes[];
extern TACHO_INTERNAL const size_t tacho__page_size;
extern TACHO_INTERNAL const char tacho__page_policy[]; /* what a browser may do with it: a Content-Security-Policy */

/** The document, or NULL if the library was built without. [hot | O(1) | 0.1] */
TACHO_INTERNAL const char *tacho__page_document(size_t *len);

/**
 * Its header fields beyond those of every answer, each with its line end; `path` of the metrics, or NULL to keep it.
 * `out` has room for TACHO__PAGE_FIELDS_MAX bytes.
 * [hot | O(length) | 0.1]
 */
TACHO_INTERNAL void tacho__page_fields(const char *path, char *out);

#endif
