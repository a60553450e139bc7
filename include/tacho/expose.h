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
    TACHO_TEXT = 0,        /* Prometheus text format 0.0.4 */
    TACHO_TEXT_1 = 1,      /* Prometheus text format 1.0.0: 0.0.4 with UTF-8 names */
    TACHO_OPENMETRICS = 2, /* OpenMetrics 1.0: with units, exemplars and creation times */
    TACHO_PROTOBUF = 3,    /* io.prometheus.client.MetricFamily, each behind its length: the one with native histograms.
                              Copies of these and of exemplars are charged to the byte budget while a family is read, and
                              left out where there is no room, which tacho_scrape_reduced_series_total counts */
    TACHO_JSON = 4,        /* an array of families, one object a line; never negotiated */
    TACHO_CSV = 5          /* name, type, labels, value: RFC 4180; never negotiated */
} tacho_format;

/*
 * TACHO_JSON; numbers that JSON lacks are the strings "NaN", "+Inf" and "-Inf":
 *
 *   {"name":"jobs_total","type":"counter","help":"Jobs.","metrics":[{"labels":{"queue":"mail"},"value":3}]},
 *   {"name":"x_seconds","type":"histogram","help":"X.","unit":"seconds","metrics":[
 *     {"labels":{},"sum":1.5,"count":3,"buckets":[{"le":"1.0","count":2},{"le":"+Inf","count":3}]}]}
 *
 * Summaries have "quantiles":[{"quantile":"0.5","value":1}], statesets "states":{"idle":0,"busy":1}. A counter or bucket may have
 * an "exemplar", a histogram "native", any of them "created".
 *
 * TACHO_CSV; samples, and the labels in their field, are those of text 0.0.4:
 *
 *   name,type,labels,value
 *   jobs_total,counter,"queue=""mail""",3
 *   x_seconds_bucket,histogram,"le=""1.0""",2
 */

/** What becomes of names that are not [a-zA-Z_:][a-zA-Z0-9_:]*; all others stay as they are in each scheme. */
typedef enum tacho_escaping {
    TACHO_UNDERSCORES = 0, /* my.metric becomes my_metric */
    TACHO_DOTS = 1,        /* my_dot_metric */
    TACHO_VALUES = 2,      /* U__my_2e_metric */
    TACHO_ALLOW_UTF8 = 3   /* "my.metric", in quotes */
} tacho_escaping;

/** What a client gets. `content_type` is a constant. */
typedef struct tacho_offer {
    tacho_format format;
    tacho_escaping escaping;
    const char *content_type;
} tacho_offer;

/**
 * Choose by the value of an Accept header field (several fields: joined by commas); NULL or empty: there was none.
 *
 * The clause that fits with the highest q wins, then the more specific, then the earlier one; q=0 refuses. A clause says
 * nothing of a format that a more specific clause names. Whatever fits nothing, a faulty header included, gets text 0.0.4: a
 * scraper is never turned away. Nothing of the header comes back.
 *
 *   text/plain; version=0.0.4
 *   text/plain; version=1.0.0
 *   application/openmetrics-text; version=1.0.0
 *   application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited    both have to be there
 *
 * All but the first take escaping=underscores (the default), dots, values or allow-utf-8, as in tacho_escaping.
 */
TACHO_API tacho_offer tacho_format_negotiate(const char *accept); /* [hot | O(length) | 0.1] */

/** The Content-Type of a format by itself, names escaped with underscores (TACHO_TEXT_1: not escaped). Never NULL. */
TACHO_API const char *tacho_format_content_type(tacho_format format); /* [hot | O(1) | 0.1] */

typedef struct tacho_scrape tacho_scrape;

/** What to show, and how. Zero means default. */
typedef struct tacho_scrape_options {
    tacho_format format;
    tacho_escaping escaping;
    const char *const *names; /* show only families with one of these names, or a sample of one; one that ends in '*' stands for
                                 all that begin with what is before that. A collector that announces its families runs only
                                 if one of them is shown; borrowed for the call */
    size_t name_count;        /* 0: show all */
    uint32_t no_created;      /* not 0: leave creation times out */
    uint32_t timeout_ms;      /* how long collectors are waited for; 10,000 */
    uint32_t no_wait;         /* not 0: do not wait for detached collectors before the first read */
    const tacho_constant *constants; /* labels that every sample of this scrape shows, before those of registry and family, ended
                                        by a name NULL; borrowed for the call. See below */
} tacho_scrape_options;

/*
 * The labels of a scrape let one registry be shown as several, say as tenant="a" to one listener and as tenant="b" to another.
 * There are at most 16. Their names are checked like those of a registry's constants, and none is called "le" or "quantile";
 * values are UTF-8 of at most 1,024 bytes. A family that has a label of that name, or one that some escaping scheme writes
 * alike, shows its own in all formats. A protobuf scrape with such labels measures large families anew each time.
 */

/**
 * Begin a scrape: runs the ordinary collectors, on this thread, and waits for the detached ones up to their deadlines. NULL when
 * out of memory, for a NULL registry, a format that is unknown or was left out of this build, or faulty constants;
 * tacho_registry_error has words for the last three. Owes one tacho_scrape_free. Several scrapes may be open at the same time,
 * each used by one thread at a time; all must be freed before their registry.
 */
TACHO_API tacho_scrape *tacho_scrape_open(tacho_registry *reg,
                                          const tacho_scrape_options *options); /* [shared | collectors | 0.1] */

/** The same for a format and the names that its Content-Type promises. */
TACHO_API tacho_scrape *tacho_scrape_new(tacho_registry *reg, tacho_format format); /* [shared | collectors | 0.1] */

/**
 * Whether the first read will not wait: no detached collector is out, or the time is up. An event loop opens with `no_wait` and
 * asks again, every few milliseconds; the scrape shows what it showed at the moment of opening. 0 for NULL.
 */
TACHO_API int tacho_scrape_ready(tacho_scrape *scrape); /* [owner | O(collectors) | 0.1] */

/**
 * Write the next bytes, at most `len`. Returns how many; 0 at the end (or for len 0). What lies in the buffer behind
 * them is left undefined.
 */
TACHO_API size_t tacho_scrape_read(tacho_scrape *scrape, void *buf, size_t len); /* [owner | O(len) | 0.1] */

/**
 * Whether the bytes that were read are a whole exposition so far: TACHO_OK; otherwise what was read has to be thrown away,
 * which happens in protobuf only: TACHO_ERR_BUSY: the reader paused for more than 9 s inside a family;
 * TACHO_ERR_NOMEM: the byte budget has no room for a bit per series of a family.
 */
TACHO_API tacho_err tacho_scrape_error(const tacho_scrape *scrape); /* [owner | O(1) | 0.1] */

/** Give the scrape up, finished or not. NULL is fine. */
TACHO_API void tacho_scrape_free(tacho_scrape *scrape); /* [owner | O(1) | 0.1] */

/** Write a whole exposition to a sink. TACHO_ERR_NOMEM, TACHO_ERR_ARG, or the sink's error, with its errno. */
TACHO_API tacho_err tacho_expose(tacho_registry *reg, tacho_format format, tacho_sink *sink); /* [shared | O(lines) | 0.1] */

TACHO_END_DECLS

#endif
