/*
 * tracearr_tally.h - what a tally holds. Internal to the module.
 *
 * Nobody changes a tally once it is published; who reads one holds it, and the last who lets it go frees it. The
 * module's lock guards `holds`.
 */
#ifndef TRACEARR_TALLY_H
#define TRACEARR_TALLY_H

#include "label_table.h"
#include "tracearr_families.h"

struct tracearr_tally {
    tracearr_group group;
    size_t holds;
    bool is_short; /* memory ran out: something is missing */
    uint64_t skipped;
    label_table tables[TRACEARR_TABLES];
};

/** Emit the families of a group; without a tally (NULL) none has a sample. `rows` are those of all families. */
void tracearr_tally_emit(const tracearr_tally *tally, tracearr_group group, const tacho_desc *rows,
                         tacho_emitter *out);

/** Count anew. */
void tracearr_tally_clear(tracearr_tally *tally);

#endif
