/*
 * emit.h - what emitter.c does for types whose rules are in a file of their own.
 */
#ifndef TACHO_EMIT_H
#define TACHO_EMIT_H

#include "emitter.h"

/** The family at hand. NULL: something failed before, or none was begun, which fails now. */
TACHO_INTERNAL const struct tacho__meta *tacho__emitter_family(tacho_emitter *out);

/** Whether a sample may be emitted now: `fits`, and has as many labels as the family. If not, that is TACHO_ERR_ARG. */
TACHO_INTERNAL bool tacho__emitter_expects(tacho_emitter *out, tacho_labels labels, bool fits);

/**
 * Append a native histogram: `word_count` counts of buckets, and `native_size` bytes, a multiple of 8, for its view.
 * The caller fills both in before the next call. NULL: it failed, or is left out.
 */
TACHO_INTERNAL uint64_t *tacho__emitter_native(tacho_emitter *out, tacho_labels labels, double sum, size_t word_count,
                                               size_t native_size);

#endif
