/*
 * kit_page.c - pages taken for tests, and words about them.
 *
 * Words are gathered on the heap before somebody gets them, since their place may be small and their number large. A caller that
 * wants words has to get some when even that memory is missing.
 */
#define _GNU_SOURCE
#include "kit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "num.h"

#define PAGE_CHUNK 4096

static tacho_err page_say(tacho_buffer *words, tacho_err err)
{
    tacho__kit_say(words, "the page cannot be taken: %s", tacho_strerror(err));
    return err;
}

static tacho_err page_read(tacho_buffer *page, tacho_scrape *scrape)
{
    char chunk[PAGE_CHUNK];
    size_t len;
    tacho_err err = TACHO_OK;
    while (err == TACHO_OK && (len = tacho_scrape_read(scrape, chunk, sizeof chunk)) > 0)
        err = page->sink.ops->write(&page->sink, chunk, len);
    return err ? err : tacho_scrape_error(scrape);
}

tacho_err tacho__kit_page_take(tacho_buffer *page, tacho_registry *reg, const tacho_scrape_options *options, tacho_buffer *words)
{
    tacho_buffer_init(page);
    if (!reg) {
        tacho__kit_say(words, "the registry is NULL");
        return TACHO_ERR_ARG;
    }
    tacho_scrape *scrape = tacho_scrape_open(reg, options);
    if (!scrape) return page_say(words, options->constants ? TACHO_ERR_ARG : TACHO_ERR_NOMEM);
    tacho_err err = page_read(page, scrape);
    tacho_scrape_free(scrape);
    return err ? page_say(words, err) : TACHO_OK;
}

bool tacho__kit_page_next(const char **at, const char *end, struct tacho__kit_line *line, const char **why)
{
    *why = NULL;
    while (*at && *at < end) {
        const char *begin = *at, *feed = memchr(begin, '\n', (size_t)(end - begin));
        *at = feed ? feed + 1 : end;
        *why = tacho__kit_line_read(line, begin, (size_t)((feed ? feed : end) - begin));
        if (*why || line->kind != TACHO__KIT_NOTHING) return !*why;
    }
    return false;
}

/* ---- Words --------------------------------------------------------------------------------------------------------------- */

static void page_append(tacho_buffer *words, const char *text, size_t len)
{
    (void)words->sink.ops->write(&words->sink, text, len);
}

void tacho__kit_say(tacho_buffer *words, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (len > 0) page_append(words, text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1);
}

void tacho__kit_say_text(tacho_buffer *words, struct tacho__kit_text text)
{
    if (text.escaped) {
        page_append(words, text.at, text.len);
        return;
    }
    for (; text.len > 0; text.at++, text.len--) {
        bool escape = *text.at == '\\' || *text.at == '"' || *text.at == '\n';
        if (escape) page_append(words, "\\", 1);
        page_append(words, *text.at == '\n' ? "n" : text.at, 1);
    }
}

void tacho__kit_say_series(tacho_buffer *words, struct tacho__kit_text name, const struct tacho__kit_labels *labels)
{
    bool quoted = name.escaped;
    for (size_t i = 0; i < name.len && !quoted; i++) quoted = strchr(" {}\"\\\n,=", name.at[i]) != NULL;
    if (!quoted) page_append(words, name.at, name.len);
    if (quoted || labels->count > 0) page_append(words, "{", 1);
    if (quoted) {
        page_append(words, "\"", 1);
        tacho__kit_say_text(words, name);
        page_append(words, "\"", 1);
    }
    for (size_t i = 0; i < labels->count; i++) {
        const struct tacho__kit_label *label = &labels->at[i];
        if (i > 0 || quoted) page_append(words, ",", 1);
        if (label->name.escaped) page_append(words, "\"", 1);
        tacho__kit_say_text(words, label->name);
        page_append(words, label->name.escaped ? "\"=\"" : "=\"", label->name.escaped ? 3 : 2);
        tacho__kit_say_text(words, label->value);
        page_append(words, "\"", 1);
    }
    if (quoted || labels->count > 0) page_append(words, "}", 1);
}

void tacho__kit_say_number(tacho_buffer *words, double number)
{
    char text[TACHO__NUM_MAX];
    page_append(words, text, (size_t)(tacho__num_write_double(text, number) - text));
}

void tacho__kit_tell(tacho_buffer *words, char *why, size_t why_size)
{
    const char *text = words->data ? words->data : "out of memory";
    size_t len = words->data ? words->len : strlen(text);
    if (!why) {
        (void)fprintf(stderr, "%s\n", text);
    } else if (why_size > 0) {
        size_t kept = len < why_size ? len : why_size - 1;
        memcpy(why, text, kept);
        why[kept] = '\0';
    }
    tacho_buffer_fini(words);
}
