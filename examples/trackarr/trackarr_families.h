/*
 * trackarr_families.h - the 55 families of Trackarr as rows, and one of the exporter's own. Internal to the module.
 */
#ifndef TRACKARR_FAMILIES_H
#define TRACKARR_FAMILIES_H

#include "trackarr_source.h"

/** The rows in the order of trackarr_family; release them with free. NULL when out of memory. */
tacho_desc *trackarr_families_new(const char *prefix);

/** What queries are called in metrics and messages: their family without `trackarr_`; the walk is "peers". */
void trackarr_families_queries(const char *names[TRACKARR_QUERIES + 1]);

#endif
