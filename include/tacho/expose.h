/*
 * expose.h - from a registry to bytes that a scraper reads.
 *
 * A scrape is a cursor: it fills whatever buffer it is given, stops anywhere, inside a line too, and goes on
 * with the next call. It holds no lock, waits for no update and makes none wait, and needs memory that does not
 * grow with the registry. It shows the series that existed when it began, less those removed since, each family
 * once, families in the order in which they were defined.
 */
#ifndef TACHO_EXPOSE_H
#define TACHO_EXPOSE_H

#include <tacho/registry.h>
#include <tacho/sink.h>

TACHO_BEGIN_DECLS

/** Values are frozen; new formats are appended. */
typedef enum tacho_format {
    TACHO_TEXT = 0 /* Prometheus text format 0.0.4 */
} tacho_format;

/** The Content-Type of a format. Never NULL. */
TACHO_API const char *tacho_format_content_type(tacho_format format); /* [hot | O(1) | 0.1] */

typedef struct tacho_scrape tacho_scrape;

/**
 * Begin a scrape: runs the collectors, on this thread. NULL when out of memory, for a NULL registry or an
 * unknown format. Owes one tacho_scrape_free. Several scrapes may be open at the same time, each used by one
 * thread at a time; all must be freed before their registry.
 */
TACHO_API tacho_scrape *tacho_scrape_new(tacho_registry *reg, tacho_format format); /* [shared | collectors | 0.1] */

/**
 * Write the next bytes, at most `len`. Returns how many; 0 at the end (or for len 0). What lies in the buffer behind
 * them is left undefined.
 */
TACHO_API size_t tacho_scrape_read(tacho_scrape *scrape, void *buf, size_t len); /* [owner | O(len) | 0.1] */

/** Give the scrape up, finished or not. NULL is fine. */
TACHO_API void tacho_scrape_free(tacho_scrape *scrape); /* [owner | O(1) | 0.1] */

/** Write a whole exposition to a sink. TACHO_ERR_NOMEM, TACHO_ERR_ARG, or the sink's error, with its errno. */
TACHO_API tacho_err tacho_expose(tacho_registry *reg, tacho_format format, tacho_sink *sink); /* [shared | O(lines) | 0.1] */

TACHO_END_DECLS

#endif
