/*
 * scrape.h - a scrape as an event loop sees it.
 */
#ifndef TACHO_SCRAPE_H
#define TACHO_SCRAPE_H

#include <tacho/expose.h>

#include "internal.h"

/** When tacho_scrape_ready is to be asked again at the latest, on the monotonic clock; UINT64_MAX: it is ready. */
TACHO_INTERNAL uint64_t tacho__scrape_until(tacho_scrape *scrape);

#endif
