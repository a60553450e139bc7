/*
 * probes.h - /livez and /readyz: whether the process runs, and whether it has its data.
 */
#ifndef EXAMPLES_PROBES_H
#define EXAMPLES_PROBES_H

#include <stdatomic.h>

#include <tacho/tacho.h>

typedef struct probes {
    tacho_http_route livez, readyz;
    atomic_bool ready;
} probes;

/** Add both routes to a server; `self` must live as long as that. Not ready at first. */
tacho_err probes_add(probes *self, tacho_http *http);

/** From now on /readyz says 200 instead of 503. */
void probes_set_ready(probes *self);

#endif
