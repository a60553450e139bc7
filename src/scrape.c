/*
 * scrape.c - the exposition in pieces of any size.
 *
 * While the caller's buffer surely has room for a piece it goes there directly, otherwise into `spill`, from where it is
 * handed out over as many calls as it takes. `spill` holds the longest piece of anything born before the scrape, so nothing
 * is allocated on the way.
 */
#include <tacho/expose.h>

#include <errno.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "cursor.h"
#include "desc.h"
#include "format.h"
#include "grace.h"
#include "scrape.h"

#define SCRAPE_TIMEOUT_MS 10000

struct tacho_scrape {
    struct tacho__cursor cursor;
    struct tacho__gather gather;
    bool begun; /* all is gathered, and the cursor is made */
    char *spill;
    size_t spill_at, spill_len;
};

const char *tacho__scrape_fault(const tacho_registry *reg, const tacho_scrape_options *options, char *why)
{
    const char *fault = tacho__format_fault(options->format);
    if (fault) return fault;
    if ((unsigned)options->escaping >= TACHO__SCHEMES) return "there is no such escaping";
    if (options->name_count && !options->names) return "the names are missing";
    return tacho__desc_check_scrape(options->constants, &reg->house, why) ? NULL : why;
}

/* Wait for what is being gathered, and make the cursor. */
static bool scrape_begin(tacho_scrape *scrape)
{
    struct tacho__cursor *cursor = &scrape->cursor;
    if (scrape->begun) return !cursor->err;
    scrape->begun = true;
    tacho__gather_wait(&scrape->gather);
    if (tacho__cursor_init(cursor)) scrape->spill = tacho__alloc(cursor->native_max);
    if (!scrape->spill) cursor->err = TACHO_ERR_NOMEM;
    return scrape->spill != NULL;
}

/* What is to be shown, and the labels to show it with. */
static bool scrape_take(tacho_scrape *scrape, const tacho_scrape_options *options)
{
    struct tacho__cursor *cursor = &scrape->cursor;
    char why[TACHO__WHY_MAX];
    if (!tacho__desc_check_scrape(options->constants, &cursor->reg->house, why)) {
        (void)tacho__registry_fail(cursor->reg, TACHO_ERR_ARG, "constants of a scrape: %s", why);
        return false;
    }
    return tacho__dress_init(&cursor->dress, options->constants, cursor->scheme) &&
           tacho__filter_copy(&cursor->filter, options->names, options->name_count);
}

static TACHO_NOINLINE tacho_scrape *scrape_open(tacho_registry *reg, const tacho_scrape_options *options,
                                                const struct tacho__writer *writer, struct tacho__view view)
{
    if (!writer)
        (void)tacho__registry_fail(reg, TACHO_ERR_ARG, "format %d: %s", (int)options->format,
                                   tacho__format_fault(options->format));
    if (!reg || !writer || (unsigned)options->escaping >= TACHO__SCHEMES || (options->name_count && !options->names))
        return NULL;
    tacho_scrape *scrape = tacho__alloc(sizeof *scrape);
    if (!scrape) return NULL;
    struct tacho__cursor *cursor = &scrape->cursor;
    cursor->reg = reg;
    cursor->writer = writer;
    cursor->scheme = (enum tacho__scheme)options->escaping;
    cursor->reading.extras = writer->extras;
    cursor->reading.created = writer->extras && !options->no_created;
    cursor->born = tacho__load_acquire(&reg->segment.head->born); /* [B1] before collectors define more */
    cursor->gather = &scrape->gather;
    cursor->filter.view = view;
    uint64_t timeout = options->timeout_ms ? options->timeout_ms : SCRAPE_TIMEOUT_MS;
    bool ok = scrape_take(scrape, options) &&
              tacho__gather_begin(&scrape->gather, reg, &cursor->filter, timeout * 1000000u);
    if (ok && (options->no_wait || scrape_begin(scrape))) return scrape;
    tacho_scrape_free(scrape);
    return NULL;
}

tacho_scrape *tacho_scrape_open(tacho_registry *reg, const tacho_scrape_options *options)
{
    static const tacho_scrape_options defaults;
    return tacho__scrape_open(reg, options ? options : &defaults, (struct tacho__view){ NULL, 0 });
}

tacho_scrape *tacho__scrape_open(tacho_registry *reg, const tacho_scrape_options *options, struct tacho__view view)
{
    return scrape_open(reg, options, tacho__format_writer(options->format), view);
}

tacho_scrape *tacho__scrape_open_push(tacho_registry *reg, const tacho_scrape_options *options)
{
    return scrape_open(reg, options, tacho__format_push_writer(options->format), (struct tacho__view){ NULL, 0 });
}

int tacho_scrape_ready(tacho_scrape *scrape)
{
    return scrape && (scrape->begun || tacho__gather_ready(&scrape->gather));
}

uint64_t tacho__scrape_until(tacho_scrape *scrape)
{
    return scrape->begun ? TACHO__NEVER : tacho__gather_until(&scrape->gather);
}

tacho_scrape *tacho_scrape_new(tacho_registry *reg, tacho_format format)
{
    bool utf8 = format == TACHO_TEXT_1 || format == TACHO_JSON || format == TACHO_CSV;
    return tacho_scrape_open(reg, &(tacho_scrape_options){ .format = format,
                                                           .escaping = utf8 ? TACHO_ALLOW_UTF8 : TACHO_UNDERSCORES });
}

void tacho_scrape_free(tacho_scrape *scrape)
{
    if (!scrape) return;
    tacho__cursor_fini(&scrape->cursor);
    tacho__gather_free(&scrape->gather);
    tacho__filter_free(&scrape->cursor.filter);
    tacho__free(scrape->spill);
    tacho__free(scrape);
}

static size_t scrape_hand_out(tacho_scrape *scrape, char *buf, size_t len)
{
    size_t left = scrape->spill_len - scrape->spill_at, size = left < len ? left : len;
    memcpy(buf, scrape->spill + scrape->spill_at, size);
    scrape->spill_at += size;
    return size;
}

size_t tacho_scrape_read(tacho_scrape *scrape, void *buf, size_t len)
{
    if (!scrape || !buf || len == 0 || !scrape_begin(scrape)) return 0;
    char *out = buf;
    size_t done = scrape_hand_out(scrape, out, len);
    struct tacho__cursor *cursor = &scrape->cursor;
    tacho__touched_fill(cursor->reading.touched, &cursor->reg->segment);
    tacho__reader reader = tacho__grace_enter();
    if (!tacho__cursor_resume(cursor)) len = done;
    while (done < len && !cursor->done && !cursor->err) {
        if (len - done >= tacho__cursor_need(cursor)) {
            char *at = tacho__cursor_piece(cursor, out + done);
            done = (size_t)(tacho__cursor_run(cursor, at, out + len) - out);
            continue;
        }
        scrape->spill_at = 0;
        scrape->spill_len = (size_t)(tacho__cursor_piece(cursor, scrape->spill) - scrape->spill);
        done += scrape_hand_out(scrape, out + done, len - done);
    }
    tacho__grace_leave(reader);
    return done;
}

tacho_err tacho_scrape_error(const tacho_scrape *scrape)
{
    return scrape ? scrape->cursor.err : TACHO_ERR_ARG;
}

tacho_err tacho_expose(tacho_registry *reg, tacho_format format, tacho_sink *sink)
{
    char buf[8192];
    if (!reg || !sink || !sink->ops) return TACHO_ERR_ARG;
    tacho_scrape *scrape = tacho_scrape_new(reg, format);
    if (!scrape) return tacho__format_writer(format) ? TACHO_ERR_NOMEM : TACHO_ERR_ARG;
    tacho_err err = TACHO_OK;
    for (size_t len; !err && (len = tacho_scrape_read(scrape, buf, sizeof buf)) > 0;)
        err = sink->ops->write(sink, buf, len);
    if (!err) err = tacho_scrape_error(scrape);
    int cause = errno; /* the sink's */
    tacho_scrape_free(scrape);
    errno = cause;
    return err;
}
