#include "event_intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "say.h"

enum { ROW_TAKEN, ROW_REJECTED, ROW_COUNT };

tacho_err event_intake_init(event_intake *intake, tacho_registry *reg, event_target *target,
                            const char *program, const char *prefix, const char *name)
{
    char taken[128], rejected[128];
    snprintf(taken, sizeof taken, "%s_events_taken_total", name);
    snprintf(rejected, sizeof rejected, "%s_events_rejected_total", name);
    const tacho_desc rows[ROW_COUNT] = {
        [ROW_TAKEN] = { .counter = &intake->taken, .name = taken, .help = "Event lines carried out." },
        [ROW_REJECTED] = { .counter = intake->rejected,
                           .name = rejected,
                           .labels = { "reason" },
                           .values = { event_reason_names },
                           .help = "Event lines dropped, by what was wrong with them; standard error has the "
                                   "number of the first line of each kind." },
    };
    memset(intake, 0, sizeof *intake);
    intake->target = target;
    intake->program = program;
    intake->rows = rows_copy(rows, ROW_COUNT, prefix);
    if (!intake->rows) return TACHO_ERR_NOMEM;
    return tacho_registry_define(reg, intake->rows, ROW_COUNT);
}

void event_intake_fini(event_intake *intake)
{
    free(intake->rows);
    intake->rows = NULL;
}

/* The keys of an event, as "bytes, seconds". */
static void event_list_keys(const event_row *row, char *text, size_t cap)
{
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; i < EVENT_MAX_KEYS && row->keys[i].name && len < cap; i++) {
        int wrote = snprintf(text + len, cap - len, "%s%s", i ? ", " : "", row->keys[i].name);
        len += wrote > 0 ? (size_t)wrote : 0;
    }
}

static void event_intake_reject(event_intake *intake, event_reason reason, const event_row *row,
                                uint64_t line)
{
    tacho_counter_inc(intake->rejected[reason - 1]);
    /* Relaxed: the flag guards nothing but the telling. */
    if (atomic_exchange_explicit(&intake->told[reason], true, memory_order_relaxed)) return;
    char keys[256], hint[320] = "";
    if (row) {
        event_list_keys(row, keys, sizeof keys);
        snprintf(hint, sizeof hint, " (%s takes: %s)", row->name, *keys ? keys : "nothing");
    }
    say(intake->program,
        "events: line %llu dropped: %s%s; more of this kind are only counted, --help lists the events",
        (unsigned long long)line, event_reason_names[reason - 1], hint);
}

static void event_stream_line(event_stream *stream, const char *line, size_t len)
{
    const event_row *row = NULL;
    event_reason reason = event_apply(stream->intake->target, line, len, &row);
    if (reason != EVENT_TAKEN)
        event_intake_reject(stream->intake, reason, row, stream->line);
    else if (row)
        tacho_counter_inc(stream->intake->taken);
    stream->line++;
}

void event_stream_init(event_stream *stream, event_intake *intake)
{
    stream->intake = intake;
    stream->line = 1;
    stream->len = 0;
}

/* Keep the beginning of a line; what is too long stays too long. */
static void event_stream_keep(event_stream *stream, const char *bytes, size_t len)
{
    size_t room = sizeof stream->text - stream->len;
    if (len > room) len = room;
    memcpy(stream->text + stream->len, bytes, len);
    stream->len += len;
}

void event_stream_feed(event_stream *stream, const char *bytes, size_t len)
{
    while (len > 0) {
        const char *feed = memchr(bytes, '\n', len);
        size_t line_len = feed ? (size_t)(feed - bytes) : len;
        if (feed && stream->len == 0) {
            event_stream_line(stream, bytes, line_len);
        } else {
            event_stream_keep(stream, bytes, line_len);
            if (feed) {
                event_stream_line(stream, stream->text, stream->len);
                stream->len = 0;
            }
        }
        size_t used = line_len + (feed ? 1 : 0);
        bytes += used;
        len -= used;
    }
}

void event_stream_end(event_stream *stream, event_ending ending)
{
    if (stream->len == 0) return;
    if (ending == EVENT_END_OF_FILE)
        event_stream_line(stream, stream->text, stream->len);
    else
        event_intake_reject(stream->intake, EVENT_CUT_OFF, NULL, stream->line);
    stream->len = 0;
}
