#include "label_table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *const table_other[LABEL_TABLE_LABELS] = { "_other", "_other", "_other" };

void label_table_init(label_table *table, size_t labels, size_t max_rows)
{
    *table = (label_table){ .labels = labels, .max_rows = max_rows };
}

void label_table_fini(label_table *table)
{
    for (size_t i = 0; i < table->count; i++) free(table->rows[i].text);
    free(table->rows);
    free(table->slots);
    label_table_init(table, table->labels, table->max_rows);
}

/* FNV-1a, with the NUL of each label, so that ("ab", "c") is not ("a", "bc"). */
static uint64_t table_hash(const char *const *labels, size_t count)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < count; i++) {
        const char *c = labels[i];
        do hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
        while (*c++);
    }
    return hash;
}

static bool table_is(const label_row *row, uint64_t hash, const char *const *labels, size_t count)
{
    if (row->hash != hash) return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(row->labels[i], labels[i]) != 0) return false;
    return true;
}

/* The slot of a row with these labels, or the free one where it belongs. There is always a free one. */
static size_t table_slot(const label_table *table, uint64_t hash, const char *const *labels)
{
    size_t mask = table->slot_count - 1, at = (size_t)hash & mask;
    while (table->slots[at] && !table_is(&table->rows[table->slots[at] - 1], hash, labels, table->labels))
        at = (at + 1) & mask;
    return at;
}

static bool table_grow(label_table *table)
{
    size_t cap = table->cap ? table->cap * 2 : 16, slot_count = cap * 2;
    label_row *rows = realloc(table->rows, cap * sizeof *rows);
    if (!rows) return false;
    table->rows = rows;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (!slots) return false;
    free(table->slots);
    table->slots = slots;
    table->slot_count = slot_count;
    table->cap = cap;
    for (uint32_t i = 0; i < table->count; i++) {
        const label_row *row = &table->rows[i];
        table->slots[table_slot(table, row->hash, row->labels)] = i + 1;
    }
    return true;
}

static bool table_fill(label_row *row, uint64_t hash, const char *const *labels, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) bytes += strlen(labels[i]) + 1;
    *row = (label_row){ .hash = hash, .text = malloc(bytes) };
    if (!row->text) return false;
    char *at = row->text;
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(labels[i]) + 1;
        memcpy(at, labels[i], len);
        row->labels[i] = at;
        at += len;
    }
    return true;
}

static label_row *table_make(label_table *table, uint64_t hash, const char *const *labels)
{
    if (table->count == table->cap && !table_grow(table)) return NULL;
    size_t slot = table_slot(table, hash, labels);
    if (table->slots[slot]) return &table->rows[table->slots[slot] - 1];
    label_row *row = &table->rows[table->count];
    if (!table_fill(row, hash, labels, table->labels)) return NULL;
    table->slots[slot] = (uint32_t)++table->count;
    return row;
}

/* The labels as the table keeps them. False: one is too long. */
static bool table_names(const label_table *table, const char *const *labels, const char **names)
{
    bool fits = true;
    for (size_t i = 0; i < table->labels; i++) {
        names[i] = labels[i] && *labels[i] ? labels[i] : "unknown";
        fits = fits && strlen(names[i]) <= LABEL_TABLE_MAX_TEXT;
    }
    return fits;
}

static label_row *table_find(const label_table *table, uint64_t hash, const char *const *names)
{
    if (table->slot_count == 0) return NULL;
    size_t slot = table_slot(table, hash, names);
    return table->slots[slot] ? &table->rows[table->slots[slot] - 1] : NULL;
}

label_row *label_table_at(label_table *table, const char *const *labels)
{
    const char *names[LABEL_TABLE_LABELS] = { NULL };
    if (table_names(table, labels, names)) {
        uint64_t hash = table_hash(names, table->labels);
        label_row *row = table_find(table, hash, names);
        if (row) return row;
        if (table->count < table->max_rows) return table_make(table, hash, names);
    }
    return table_make(table, table_hash(table_other, table->labels), table_other);
}

const label_row *label_table_find(const label_table *table, const char *const *labels)
{
    const char *names[LABEL_TABLE_LABELS] = { NULL };
    if (!table_names(table, labels, names)) return NULL;
    return table_find(table, table_hash(names, table->labels), names);
}
