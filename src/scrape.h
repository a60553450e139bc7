/*
 * scrape.h - a scrape as an event loop and a push see it.
 */
#ifndef TACHO_SCRAPE_H
#define TACHO_SCRAPE_H

#include <tacho/expose.h>

#include "filter.h"

/** What is wrong with options, in words; NULL: nothing. `why` has room for TACHO__WHY_MAX bytes. [shared | O(labels) | 0.1] */
TACHO_INTERNAL const char *tacho__scrape_fault(const tacho_registry *reg, const tacho_scrape_options *options, char *why);

/** tacho_scrape_open, limited by a view, which must live as long as the scrape, as well as by the options' names. */
TACHO_INTERNAL tacho_scrape *tacho__scrape_open(tacho_registry *reg, const tacho_scrape_options *options,
                                                struct tacho__view view);

/** When tacho_scrape_ready is to be asked again at the latest, on the monotonic clock; UINT64_MAX: it is ready. */
TACHO_INTERNAL uint64_t tacho__scrape_until(tacho_scrape *scrape);

/** Like tacho_scrape_open, in the way that a Pushgateway understands. */
TACHO_INTERNAL tacho_scrape *tacho__scrape_open_push(tacho_registry *reg, const tacho_scrape_options *options);

#endif
