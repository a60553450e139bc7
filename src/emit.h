/*
 * emit.h - what a collector's run offers to the functions that emit samples.
 */
#ifndef TACHO_EMIT_H
#define TACHO_EMIT_H

#include "emitter.h"

/** The run fails: an error, and why in words. Only the first one counts. */
TACHO_INTERNAL void tacho__emitter_fail(tacho_emitter *out, tacho_err err, const char *format, ...) TACHO_PRINTF(3, 4);

/** The family at hand. NULL: something failed before, or none was begun, which fails now. */
TACHO_INTERNAL const struct tacho__meta *tacho__emitter_family(tacho_emitter *out);

/** Whether a sample may be emitted now. Not if there is a reason `why` not, or it has not as many labels as the family: that is
 *  TACHO_ERR_ARG. */
TACHO_INTERNAL bool tacho__emitter_expects(tacho_emitter *out, tacho_labels labels, const char *why);

/** Append a sample, `words` of numbers behind it, or room for as many where that is NULL. */
TACHO_INTERNAL void tacho__emitter_sample(tacho_emitter *out, tacho_labels labels, tacho__number number,
                                          const uint64_t *words, size_t word_count);

/**
 * Append a native histogram: `word_count` counts of buckets, and `native_size` bytes, a multiple of 8, for its view.
 * The caller fills both in before the next call. NULL: it failed, or is left out.
 */
TACHO_INTERNAL uint64_t *tacho__emitter_native(tacho_emitter *out, tacho_labels labels, double sum, size_t word_count,
                                               size_t native_size);

#endif
