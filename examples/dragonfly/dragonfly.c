/*
 * dragonfly.c - what the three components share: words, size levels, and the life of their families.
 */
#define _POSIX_C_SOURCE 200809L
#include "dragonfly.h"

#include <stdlib.h>

#include "dragonfly_object.h"
#include "rows.h"

const char *const dragonfly_origin_names[DRAGONFLY_ORIGINS + 1] = { "BACK_TO_SOURCE", "REMOTE_PEER",
                                                                    "LOCAL_PEER", NULL };
const char *const dragonfly_size_level_names[DRAGONFLY_SIZE_LEVELS + 1] = {
    "0",  "1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",  "9",  "10",
    "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", NULL,
};

unsigned dragonfly_size_level(uint64_t size_bytes)
{
    /* The first size that is above each level from 1 on, as a power of two. */
    static const unsigned char above[] = { 20, 22, 23, 24, 25, 26, 27, 28, 29, 30,
                                           32, 33, 34, 35, 36, 37, 38, 39, 40 };
    unsigned level = 1;
    if (size_bytes == 0) return 0;
    while (level <= TACHO_COUNT(above) && size_bytes >= UINT64_C(1) << above[level - 1]) level++;
    return level;
}

/* ---- Life -------------------------------------------------------------------------------------------------------- */

static bool families_define(dragonfly_families *families, const dragonfly_table *table,
                            const dragonfly_options *options, void *handles)
{
    families->rows = rows_copy(table->rows, table->row_count, options->prefix);
    if (!families->rows) return false;
    for (size_t i = 0; i < table->row_count; i++) rows_move(&families->rows[i], table->shape, handles);
    if (tacho_registry_define(families->reg, families->rows, families->row_count) != TACHO_OK) return false;
    families->grpc =
        grpc_server_new(families->reg, &(grpc_server_options){ .prefix = options->prefix,
                                                               .methods = table->methods,
                                                               .method_count = table->method_count,
                                                               .has_seconds = options->has_grpc_seconds });
    return families->grpc != NULL;
}

bool dragonfly_families_open(dragonfly_families *families, tacho_registry *reg, const dragonfly_table *table,
                             const dragonfly_options *options, void *handles)
{
    families->reg = reg;
    families->row_count = table->row_count;
    families->grpc = NULL;
    pthread_mutex_init(&families->mutex, NULL);
    if (families_define(families, table, options, handles)) return true;
    dragonfly_families_close(families);
    return false;
}

void dragonfly_families_close(dragonfly_families *families)
{
    grpc_server_free(families->grpc);
    if (families->rows) tacho_registry_undefine(families->reg, families->rows, families->row_count);
    free(families->rows);
    pthread_mutex_destroy(&families->mutex);
}

/* ---- Counting ---------------------------------------------------------------------------------------------------- */

bool dragonfly_count_within(dragonfly_families *families, tacho_counter *whole, tacho_counter *part)
{
    pthread_mutex_lock(&families->mutex);
    bool is_within = tacho_counter_value(part) < tacho_counter_value(whole);
    if (is_within) tacho_counter_inc(part);
    pthread_mutex_unlock(&families->mutex);
    return is_within;
}

bool dragonfly_count_within_at(dragonfly_families *families, tacho_counter_vec *whole,
                               tacho_counter_vec *part, tacho_labels labels)
{
    tacho_counter *tried = tacho_counter_at(whole, labels);
    /* Nonsense does not begin a series of failures. */
    return tacho_counter_value(tried) > 0 &&
           dragonfly_count_within(families, tried, tacho_counter_at(part, labels));
}

void dragonfly_show_version(dragonfly_families *families, tacho_gauge_vec *version, tacho_labels labels)
{
    pthread_mutex_lock(&families->mutex);
    (void)tacho_gauge_clear(version);
    tacho_gauge_set_at(version, labels, 1);
    pthread_mutex_unlock(&families->mutex);
}
