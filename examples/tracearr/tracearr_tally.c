/*
 * tracearr_tally.c - counting a tally, and showing it. Publishing one is in tracearr.c.
 */
#include "tracearr_tally.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

enum { TALLY_BEST_SCORE = 100, TALLY_BAND = 25 };

/* ---- Life -------------------------------------------------------------------------------------------------------- */

/* A row of this table with up to three labels; unused ones are NULL. */
static label_row *tally_row(tracearr_tally *tally, tracearr_table table, const char *first,
                            const char *second, const char *third)
{
    const char *const labels[LABEL_TABLE_LABELS] = { first, second, third };
    label_row *row = label_table_at(&tally->tables[table], labels);
    tally->is_short |= row == NULL;
    return row;
}

/* Families whose values are all known show them all, in the documented order. */
static void tally_fill(tracearr_tally *tally)
{
    for (size_t i = 0; tally->group == TRACEARR_USERS && i < TRACEARR_BANDS; i++)
        (void)tally_row(tally, TRACEARR_TABLE_BANDS, tracearr_band_names[i], NULL, NULL);
    for (size_t rule = 0; rule < TRACEARR_RULE_COUNT; rule++) {
        for (size_t i = 0; tally->group == TRACEARR_RULES && i < 2; i++)
            (void)tally_row(tally, TRACEARR_TABLE_RULES, tracearr_rule_names[rule], tracearr_truth_names[i],
                            NULL);
        for (size_t i = 0; tally->group == TRACEARR_VIOLATIONS && i < (size_t)TRACEARR_SEVERITIES * 2; i++)
            (void)tally_row(tally, TRACEARR_TABLE_VIOLATIONS, tracearr_rule_names[rule],
                            tracearr_severity_names[i / 2], tracearr_truth_names[i % 2]);
    }
}

/* Make the tables; they are none. */
static void tally_open(tracearr_tally *tally)
{
    static const size_t labels[TRACEARR_TABLES] = {
        [TRACEARR_TABLE_UP] = 2,         [TRACEARR_TABLE_STREAMS] = 1, [TRACEARR_TABLE_CODECS] = 3,
        [TRACEARR_TABLE_VIEWERS] = 2,    [TRACEARR_TABLE_USERS] = 1,   [TRACEARR_TABLE_BANDS] = 1,
        [TRACEARR_TABLE_VIOLATIONS] = 3, [TRACEARR_TABLE_IDS] = 1,     [TRACEARR_TABLE_RULES] = 2,
        [TRACEARR_TABLE_PLAYS] = 1,      [TRACEARR_TABLE_ITEMS] = 2,   [TRACEARR_TABLE_BYTES] = 1,
        [TRACEARR_TABLE_LOAD] = 1,
    };
    for (size_t i = 0; i < TRACEARR_TABLES; i++)
        label_table_init(&tally->tables[i], labels[i],
                         i == TRACEARR_TABLE_IDS ? TRACEARR_MAX_VIOLATIONS : TRACEARR_MAX_SERIES);
    tally->is_short = false;
    tally->skipped = 0;
    tally_fill(tally);
}

static void tally_close(tracearr_tally *tally)
{
    for (size_t i = 0; i < TRACEARR_TABLES; i++) label_table_fini(&tally->tables[i]);
}

tracearr_tally *tracearr_tally_new(tracearr_group group)
{
    tracearr_tally *tally = calloc(1, sizeof *tally);
    if (!tally) return NULL;
    tally->group = group;
    tally->holds = 1;
    tally_open(tally);
    return tally;
}

void tracearr_tally_clear(tracearr_tally *tally)
{
    tally_close(tally);
    tally_open(tally);
}

void tracearr_tally_free(tracearr_tally *tally)
{
    if (!tally) return;
    tally_close(tally);
    free(tally);
}

/* ---- Counting ---------------------------------------------------------------------------------------------------- */

void tracearr_tally_skip(tracearr_tally *tally)
{
    if (tally) tally->skipped++;
}

/* Whether this is an amount; one that is none is skipped. */
static bool tally_takes(tracearr_tally *tally, double amount)
{
    bool is_amount = amount >= 0 && amount <= DBL_MAX;
    if (!is_amount) tracearr_tally_skip(tally);
    return is_amount && tally;
}

static void tally_add(tracearr_tally *tally, tracearr_table table, const char *first, const char *second,
                      double amount)
{
    if (!tally_takes(tally, amount)) return;
    label_row *row = tally_row(tally, table, first, second, NULL);
    if (row) row->values[0] += amount;
}

void tracearr_tally_server(tracearr_tally *tally, const char *server)
{
    if (!tally) return;
    if (tally->group == TRACEARR_STREAMS) (void)tally_row(tally, TRACEARR_TABLE_STREAMS, server, NULL, NULL);
    if (tally->group == TRACEARR_USERS) (void)tally_row(tally, TRACEARR_TABLE_USERS, server, NULL, NULL);
}

void tracearr_tally_up(tracearr_tally *tally, const char *server, tracearr_platform platform, bool is_up)
{
    if (platform >= TRACEARR_NO_PLATFORM)
        tracearr_tally_skip(tally);
    else
        tally_add(tally, TRACEARR_TABLE_UP, server, tracearr_platform_names[platform], !is_up);
}

/* In small letters, as far as a label goes. */
static void tally_codec(tracearr_tally *tally, const char *server, const char *kind, const char *codec)
{
    char small[LABEL_TABLE_MAX_TEXT + 2];
    size_t len = 0;
    if (!codec || !*codec) return;
    for (; codec[len] && len < sizeof small - 1; len++)
        small[len] = (char)(codec[len] >= 'A' && codec[len] <= 'Z' ? codec[len] - 'A' + 'a' : codec[len]);
    small[len] = '\0';
    label_row *row = tally_row(tally, TRACEARR_TABLE_CODECS, server, kind, small);
    if (row) row->values[0]++;
}

void tracearr_tally_stream(tracearr_tally *tally, const tracearr_stream *stream)
{
    if (!tally) return;
    bool has_rate = tally_takes(tally, stream->bytes_per_second);
    label_row *row = tally_row(tally, TRACEARR_TABLE_STREAMS, stream->server, NULL, NULL);
    label_row *viewer = tally_row(tally, TRACEARR_TABLE_VIEWERS, stream->server, stream->user, NULL);
    if (!row || !viewer) return;
    if (stream->state < TRACEARR_NO_STATE)
        row->values[TRACEARR_AT_SESSIONS + stream->state]++;
    else
        tally->skipped++;
    row->values[TRACEARR_AT_STREAMS + stream->decision]++;
    if (has_rate) row->values[TRACEARR_AT_BANDWIDTH + stream->decision] += stream->bytes_per_second;
    row->values[TRACEARR_AT_ONLINE] += viewer->values[0] == 0;
    viewer->values[0] = 1;
    tally_codec(tally, stream->server, tracearr_kind_names[0], stream->video_codec);
    tally_codec(tally, stream->server, tracearr_kind_names[1], stream->audio_codec);
}

void tracearr_tally_user(tracearr_tally *tally, const char *server, double trust_score)
{
    if (!tally) return;
    label_row *row = tally_row(tally, TRACEARR_TABLE_USERS, server, NULL, NULL);
    if (!row) return;
    row->values[0]++;
    if (!(trust_score >= 0 && trust_score <= TALLY_BEST_SCORE)) {
        tally->skipped++;
        return;
    }
    if (!(row->has & 2) || trust_score < row->values[1]) row->values[1] = trust_score;
    row->has |= 2;
    label_row *band = tally_row(tally, TRACEARR_TABLE_BANDS,
                                tracearr_band_names[(size_t)trust_score / TALLY_BAND], NULL, NULL);
    if (band) band->values[0]++;
}

void tracearr_tally_violation(tracearr_tally *tally, const char *id, tracearr_rule rule,
                              tracearr_severity severity, bool is_acknowledged)
{
    if (!tally) return;
    if (!id || !*id || rule >= TRACEARR_NO_RULE || severity >= TRACEARR_NO_SEVERITY) {
        tally->skipped++;
        return;
    }
    label_row *seen = tally_row(tally, TRACEARR_TABLE_IDS, id, NULL, NULL);
    if (!seen || seen->values[0] != 0) return;
    seen->values[0] = 1 + (double)((int)rule * TRACEARR_SEVERITIES + (int)severity);
    label_row *row = tally_row(tally, TRACEARR_TABLE_VIOLATIONS, tracearr_rule_names[rule],
                               tracearr_severity_names[severity], tracearr_truth_names[!is_acknowledged]);
    if (row) row->values[0]++;
}

void tracearr_tally_rule(tracearr_tally *tally, tracearr_rule rule, bool is_active)
{
    if (rule >= TRACEARR_NO_RULE)
        tracearr_tally_skip(tally);
    else
        tally_add(tally, TRACEARR_TABLE_RULES, tracearr_rule_names[rule], tracearr_truth_names[!is_active],
                  1);
}

void tracearr_tally_plays(tracearr_tally *tally, const char *server, double plays)
{
    tally_add(tally, TRACEARR_TABLE_PLAYS, server, NULL, plays);
}

void tracearr_tally_items(tracearr_tally *tally, const char *server, const char *media_type, double items)
{
    tally_add(tally, TRACEARR_TABLE_ITEMS, server, media_type, items);
}

void tracearr_tally_bytes(tracearr_tally *tally, const char *server, double bytes)
{
    tally_add(tally, TRACEARR_TABLE_BYTES, server, NULL, bytes);
}

/* ---- Load: numbers that are there or not ------------------------------------------------------------------------- */

static void tally_set(tracearr_tally *tally, const char *server, size_t at, double value)
{
    if (!tally_takes(tally, value)) return;
    label_row *row = tally_row(tally, TRACEARR_TABLE_LOAD, server, NULL, NULL);
    if (!row) return;
    row->values[at] = value;
    row->has |= 1u << at;
}

void tracearr_tally_load(tracearr_tally *tally, const char *server, tracearr_scope scope, double cpu,
                         double memory)
{
    tally_set(tally, server, TRACEARR_AT_CPU + (size_t)scope, cpu);
    tally_set(tally, server, TRACEARR_AT_MEMORY + (size_t)scope, memory);
}

void tracearr_tally_transcoder(tracearr_tally *tally, const char *server, double ratio)
{
    tally_set(tally, server, TRACEARR_AT_TRANSCODER, ratio);
}

void tracearr_tally_network(tracearr_tally *tally, const char *server, tracearr_direction direction,
                            double bytes_per_second)
{
    tally_set(tally, server, TRACEARR_AT_NETWORK + (size_t)direction, bytes_per_second);
}

/* ---- Showing ----------------------------------------------------------------------------------------------------- */

static void tally_emit_row(const label_row *row, size_t labels, const tracearr_view *view, tacho_emitter *out)
{
    const char *values[LABEL_TABLE_LABELS + 1] = { row->labels[0], row->labels[1], row->labels[2], NULL };
    for (size_t i = 0; i < view->count; i++) {
        double value = row->values[view->first + i];
        if (view->reading == TRACEARR_IF_SET && !(row->has & 1u << (view->first + i))) continue;
        if (view->reading == TRACEARR_IS_ZERO) value = value == 0;
        if (view->names) values[labels] = view->names[i];
        tacho_emit_double(out, (tacho_labels){ values, NULL, labels + (view->names != NULL) }, value);
    }
}

void tracearr_tally_emit(const tracearr_tally *tally, tracearr_group group, const tacho_desc *rows,
                         tacho_emitter *out)
{
    for (size_t family = 0; family < TRACEARR_TALLIED; family++) {
        const tracearr_view *view = &tracearr_views[family];
        if (view->group != group) continue;
        tacho_emit_family(out, &rows[family]);
        const label_table *table = tally ? &tally->tables[view->table] : NULL;
        for (size_t i = 0; table && i < table->count; i++)
            tally_emit_row(&table->rows[i], table->labels, view, out);
    }
}
