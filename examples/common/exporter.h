/*
 * exporter.h - what every exporter's main does: options, registry, a source of data, then one exposition or a server.
 */
#ifndef EXAMPLES_EXPORTER_H
#define EXAMPLES_EXPORTER_H

#include <tacho/tacho.h>

#include "demo.h"
#include "events.h"
#include "options.h"

/** An exporter; embed it and find your object with TACHO_CONTAINER. */
typedef struct exporter {
    const struct exporter_ops *ops;
} exporter;

typedef struct exporter_ops {
    const char *name; /* "qbsync": the first word of the metrics that the exporter adds about itself */
    option_program program;
    /**
     * Define the metrics. `stage` (borrowed until close) is the simulation and its clock; NULL: the data are
     * real, from `options->events`, or without them from a source of the exporter's own. On an error the words are in
     * tacho_registry_error, and close is not called.
     */
    tacho_err (*open)(exporter *self, tacho_registry *reg, const exporter_options *options,
                      demo_stage *stage);
    /** Who takes the events; lives until close. */
    event_target *(*target)(exporter *self);
    /** Put the actors on the stage. False when out of memory. */
    bool (*rehearse)(exporter *self, demo_stage *stage, uint64_t seed);
    /** Release everything; all threads have ended, the registry is still there. */
    void (*close)(exporter *self);
    /* The following may be NULL. */
    /** Add what the environment says to the options, before anything else; a mistake has been told. */
    option_result (*settle)(exporter *self, exporter_options *options);
    /** What the data come from, in words, when there is neither demo nor events; only if `program.source` is there. */
    const char *(*source)(exporter *self);
    /** Add paths to the server. */
    tacho_err (*serve)(exporter *self, tacho_http *http);
    /** What the metrics answer instead of the library's sentences. */
    const tacho_http_words *words;
} exporter_ops;

/** Run until it is done or told to end. Returns the exit status. */
int exporter_main(exporter *self, int argc, char **argv);

#endif
