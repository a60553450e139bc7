/*
 * label_table.h - numbers by label values: rows that are found by up to three texts, and stay in the order in which
 * they came. Whoever has a table takes either doubles or whole numbers.
 */
#ifndef EXAMPLES_LABEL_TABLE_H
#define EXAMPLES_LABEL_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum { LABEL_TABLE_LABELS = 3, LABEL_TABLE_VALUES = 9, LABEL_TABLE_MAX_TEXT = 256 };

typedef struct label_row {
    uint64_t hash;                          /* of the labels, compared first */
    char *text;                             /* the labels, each ended by a NUL */
    const char *labels[LABEL_TABLE_LABELS]; /* in `text` */
    union {                                 /* 0 at first */
        double values[LABEL_TABLE_VALUES];
        uint64_t counts[LABEL_TABLE_VALUES];
    };
    unsigned has;                           /* the caller's: a bit for each number that was set */
} label_row;

typedef struct label_table {
    label_row *rows;
    size_t count, cap;
    uint32_t *slots; /* open addressing: 1 + the index of a row, or 0; at least twice as many as rows */
    size_t slot_count;
    size_t labels, max_rows;
} label_table;

/** An empty table, in the caller's storage, of at most `max_rows` and one more. Owes one label_table_fini. */
void label_table_init(label_table *table, size_t labels, size_t max_rows);
void label_table_fini(label_table *table);

/**
 * The row with these labels, made if it is not there; valid until the next call. A label that is NULL or empty
 * becomes "unknown"; with one too long, or when the table is full, it is the row whose labels are "_other". NULL when
 * out of memory.
 */
label_row *label_table_at(label_table *table, const char *const *labels);

/** The same without making it: NULL if it is not there. */
const label_row *label_table_find(const label_table *table, const char *const *labels);

#endif
