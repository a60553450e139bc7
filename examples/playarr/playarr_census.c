/*
 * playarr_census.c - counting a census, and showing it. Publishing one is in playarr.c.
 */
#define _POSIX_C_SOURCE 200809L
#include "playarr_census.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* One limit for names, of the table and in the header. */
_Static_assert((int)PLAYARR_MAX_NAME == (int)LABEL_TABLE_MAX_TEXT, "names are as long as labels may be");

/* ---- Counting ---------------------------------------------------------------------------------------------------- */

playarr_census *playarr_census_new(void)
{
    static const size_t labels[PLAYARR_TABLES] = {
        [PLAYARR_TABLE_TITLES] = 1,
        [PLAYARR_TABLE_EPISODES] = 3,
        [PLAYARR_TABLE_CHANNELS] = 2,
        [PLAYARR_TABLE_USERS] = 1,
    };
    playarr_census *census = calloc(1, sizeof *census);
    if (!census) return NULL;
    census->holds = 1;
    for (size_t i = 0; i < PLAYARR_TABLES; i++)
        label_table_init(&census->tables[i], labels[i], PLAYARR_MAX_SERIES);
    return census;
}

void playarr_census_free(playarr_census *census)
{
    if (!census) return;
    for (size_t i = 0; i < PLAYARR_TABLES; i++) label_table_fini(&census->tables[i]);
    free(census);
}

/* Add to a number, which stays at the largest there is. */
static void census_count(uint64_t *sum, uint64_t n) { *sum = n < UINT64_MAX - *sum ? *sum + n : UINT64_MAX; }

static void census_add(playarr_census *census, size_t table, const char *const *labels, size_t index,
                       uint64_t n)
{
    if (!census) return;
    label_row *row = label_table_at(&census->tables[table], labels);
    if (row)
        census_count(&row->counts[index], n);
    else
        census->is_short = true;
}

/* Whether there is a catalogue of it. */
static bool census_has(playarr_media media) { return media == PLAYARR_MOVIES || media == PLAYARR_TVSHOWS; }

void playarr_census_provider_titles(playarr_census *census, const char *provider, playarr_media media,
                                    uint64_t titles)
{
    if (census_has(media)) census_add(census, PLAYARR_TABLE_TITLES, &provider, media, titles);
}

void playarr_census_main_titles(playarr_census *census, playarr_media media, uint64_t titles)
{
    if (census && census_has(media)) census_count(&census->main_titles[media], titles);
}

void playarr_census_episodes(playarr_census *census, const char *source, const char *title, uint64_t season,
                             uint64_t episodes)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%" PRIu64, season);
    const char *const labels[] = { source, title, number };
    census_add(census, PLAYARR_TABLE_EPISODES, labels, 0, episodes);
}

void playarr_census_channels(playarr_census *census, const char *provider, const char *category,
                             uint64_t channels)
{
    const char *const labels[] = { provider, category };
    census_add(census, PLAYARR_TABLE_CHANNELS, labels, 0, channels);
}

void playarr_census_user(playarr_census *census, const playarr_user *user)
{
    const uint64_t watched[] = { user->movies, user->tvshows, user->channels };
    if (!census) return;
    census->active_users += user->has_api_key;
    for (size_t i = 0; i < TACHO_COUNT(watched); i++)
        census_add(census, PLAYARR_TABLE_USERS, &user->name, i, watched[i]);
}

/* ---- Showing ----------------------------------------------------------------------------------------------------- */

/* A sample for each row, of one of its numbers. */
static void census_emit_rows(const label_table *table, tacho_emitter *out, size_t index)
{
    for (size_t i = 0; i < table->count; i++)
        tacho_emit_uint(out, (tacho_labels){ table->rows[i].labels, NULL, table->labels },
                        table->rows[i].counts[index]);
}

/* A sample for each row and catalogue. */
static void census_emit_catalogues(const label_table *table, tacho_emitter *out)
{
    for (size_t i = 0; i < table->count; i++)
        for (size_t media = 0; media < PLAYARR_CATALOGUES; media++)
            tacho_emit_uint(out, TACHO_LABELS(table->rows[i].labels[0], playarr_media_names[media]),
                            table->rows[i].counts[media]);
}

void playarr_census_emit(const playarr_census *census, const tacho_desc *rows, tacho_emitter *out)
{
    for (size_t family = 0; !census && family < PLAYARR_CENSUS_COUNT; family++)
        tacho_emit_family(out, &rows[family]); /* defined, and so far without a sample */
    if (!census) return;
    tacho_emit_family(out, &rows[PLAYARR_PROVIDER_TITLES]);
    census_emit_catalogues(&census->tables[PLAYARR_TABLE_TITLES], out);
    tacho_emit_family(out, &rows[PLAYARR_MAIN_TITLES]);
    for (size_t media = 0; media < PLAYARR_CATALOGUES; media++)
        tacho_emit_uint(out, TACHO_LABELS(playarr_media_names[media]), census->main_titles[media]);
    tacho_emit_family(out, &rows[PLAYARR_EPISODES]);
    census_emit_rows(&census->tables[PLAYARR_TABLE_EPISODES], out, 0);
    tacho_emit_family(out, &rows[PLAYARR_CHANNELS]);
    census_emit_rows(&census->tables[PLAYARR_TABLE_CHANNELS], out, 0);
    tacho_emit_family(out, &rows[PLAYARR_WATCHLIST_TITLES]);
    census_emit_catalogues(&census->tables[PLAYARR_TABLE_USERS], out);
    tacho_emit_family(out, &rows[PLAYARR_WATCHLIST_CHANNELS]);
    census_emit_rows(&census->tables[PLAYARR_TABLE_USERS], out, PLAYARR_LIVE);
    tacho_emit_family(out, &rows[PLAYARR_ACTIVE_USERS]);
    tacho_emit_uint(out, TACHO_NO_LABELS, census->active_users);
}
