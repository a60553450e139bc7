/*
 * fake_source.h - a source for trackarr.h that answers what a test wants.
 */
#ifndef FAKE_SOURCE_H
#define FAKE_SOURCE_H

#include <pthread.h>

#include "trackarr_source.h"

/** How a family is answered. */
typedef enum fake_manner {
    FAKE_NUMBER = 0,  /* its number; with a label its number plus 0, 1, 2 ... */
    FAKE_WRONG,       /* "no such column" */
    FAKE_OUTAGE,      /* "away" */
    FAKE_LATE,        /* "too slow" */
    FAKE_NOTHING,     /* no row */
    FAKE_ROW_TOO_FEW, /* the first value of the label is left out */
    FAKE_ODD_LABEL,   /* one more row, of a value that is not documented */
    FAKE_TWICE,       /* the first row comes twice */
    FAKE_NULL_LABEL   /* one more row, without a label */
} fake_manner;

typedef struct fake_source {
    trackarr_source source;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    fake_manner manners[TRACKARR_DOCUMENTED];
    trackarr_number numbers[TRACKARR_DOCUMENTED];
    unsigned reads[TRACKARR_GROUPS];
    bool lacks[TRACKARR_GROUPS]; /* it does not offer the group */
    bool hangs[TRACKARR_GROUPS]; /* a read does not return until it is let go */
    const trackarr_peer *peers; /* what a walk finds */
    size_t peer_count;
    bool walk_fails; /* after all of them */
    uint32_t walk_ms; /* how long a walk takes; one whose deadline comes first fails then */
    unsigned closed;
} fake_source;

/** A source in which every family has its index plus one as number, and nobody is in the swarm. Owes one fini. */
void fake_source_init(fake_source *fake);
void fake_source_fini(fake_source *fake);

/** Answer a family in this manner from now on. */
void fake_source_set(fake_source *fake, trackarr_family family, fake_manner manner);

/** Let reads of a group hang, or let them go. */
void fake_source_hang(fake_source *fake, trackarr_group group, bool hangs);

/** How often a group was read so far, and how often the source was closed. */
unsigned fake_source_reads(fake_source *fake, trackarr_group group);
unsigned fake_source_closed(fake_source *fake);

/** Wait until the source is closed. */
void fake_source_await_closed(fake_source *fake);

#endif
