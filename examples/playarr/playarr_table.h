/*
 * playarr_table.h - numbers by label values: the rows of one census that share their labels. Internal to the module.
 */
#ifndef PLAYARR_TABLE_H
#define PLAYARR_TABLE_H

#include <stddef.h>

#include "playarr.h"

enum { PLAYARR_ROW_LABELS = 3, PLAYARR_ROW_COUNTS = 3 };

typedef struct playarr_row {
    uint64_t hash;                          /* of the labels, compared first */
    char *text;                             /* the labels, each ended by a NUL */
    const char *labels[PLAYARR_ROW_LABELS]; /* in `text` */
    uint64_t counts[PLAYARR_ROW_COUNTS];
} playarr_row;

typedef struct playarr_table {
    playarr_row *rows; /* in the order in which they came */
    size_t count, cap;
    uint32_t *slots; /* open addressing: 1 + the index of a row, or 0; at least twice as many as rows */
    size_t slot_count;
    size_t labels; /* of each row */
} playarr_table;

/** An empty table in the caller's storage; owes one playarr_table_fini. */
void playarr_table_init(playarr_table *table, size_t labels);
void playarr_table_fini(playarr_table *table);

/**
 * The row with these labels, made if it is not there; valid until the next call. A label that is NULL or empty
 * becomes "unknown"; with one too long, or when the table is full, it is the row whose labels are "_other". NULL when
 * out of memory.
 */
playarr_row *playarr_table_at(playarr_table *table, const char *const *labels);

/** Add to a number, which stays at the largest there is. */
static inline void playarr_add(uint64_t *sum, uint64_t n)
{
    *sum = n < UINT64_MAX - *sum ? *sum + n : UINT64_MAX;
}

/** The label value for a name: itself, or "unknown". */
static inline const char *playarr_label(const char *name) { return name && *name ? name : "unknown"; }

#endif
