/*
 * kit_value.c - the value of one series, found on the page of the families that have its name.
 */
#include "kit.h"

#include <math.h>
#include <string.h>

static bool value_ends_in(struct tacho__kit_text name, const char *suffix)
{
    size_t len = strlen(suffix);
    return name.len > len && memcmp(name.at + name.len - len, suffix, len) == 0;
}

tacho_scrape_options tacho__kit_options(struct tacho__kit_text name)
{
    bool richer = value_ends_in(name, "_created") || value_ends_in(name, "_gcount") || value_ends_in(name, "_gsum");
    return (tacho_scrape_options){ .format = richer ? TACHO_OPENMETRICS : TACHO_TEXT_1, .escaping = TACHO_ALLOW_UTF8 };
}

/* ---- What is asked for ---------------------------------------------------------------------------------------------------- */

tacho_err tacho__kit_query_read(struct tacho__kit_query *query, const char *series, tacho_buffer *words)
{
    struct tacho__kit_line line;
    const char *why = series ? tacho__kit_series_read(&line, series) : "it is NULL";
    if (!why) {
        (void)tacho__kit_labels_read(&query->labels, &line.braces);
        query->name = line.name;
        return TACHO_OK;
    }
    tacho__kit_say(words, "'%s' is no series: %s", series ? series : "", why);
    return TACHO_ERR_ARG;
}

static struct tacho__kit_text value_text(const char *text)
{
    return (struct tacho__kit_text){ text, strlen(text), false };
}

static tacho_err value_query_at(struct tacho__kit_query *query, const char *name, const tacho_constant *labels, tacho_buffer *words)
{
    const char *why = name && *name ? NULL : "its name is missing";
    query->name = value_text(name ? name : "");
    query->labels.count = 0;
    for (size_t i = 0; !why && labels && labels[i].name; i++) {
        struct tacho__kit_text label = value_text(labels[i].name);
        for (size_t k = 0; k < query->labels.count && !why; k++)
            if (tacho__kit_text_same(query->labels.at[k].name, label)) why = "a label comes twice";
        if (!labels[i].value) why = "the value of a label is NULL";
        if (i == TACHO__KIT_LABELS) why = "there are too many labels";
        if (!why) query->labels.at[query->labels.count++] = (struct tacho__kit_label){ label, value_text(labels[i].value) };
    }
    if (!why) return TACHO_OK;
    tacho__kit_say(words, "'%s' with these labels is no series: %s", name ? name : "", why);
    return TACHO_ERR_ARG;
}

/* ---- Finding ---------------------------------------------------------------------------------------------------------------- */

/* The page of the families that are called so; it owes tacho_buffer_fini. */
static tacho_err value_page(tacho_buffer *page, const struct tacho__kit_query *query, tacho_registry *reg, tacho_buffer *words)
{
    tacho_scrape_options options = tacho__kit_options(query->name);
    tacho_buffer name;
    tacho_buffer_init(&name);
    struct tacho__kit_text rest = query->name;
    for (; rest.len > 0; rest.at++, rest.len--) {
        bool escape = rest.escaped && *rest.at == '\\' && rest.len > 1;
        rest.at += escape;
        rest.len -= escape;
        (void)name.sink.ops->write(&name.sink, escape && *rest.at == 'n' ? "\n" : rest.at, 1);
    }
    options.names = (const char *const[]){ name.data ? name.data : "" };
    options.name_count = 1;
    tacho_err err = tacho__kit_page_take(page, reg, &options, words);
    tacho_buffer_fini(&name);
    return err;
}

/* How near a line is to what is asked for. */
static enum tacho__kit_found value_judge(const struct tacho__kit_query *query, const struct tacho__kit_line *line)
{
    if (line->kind != TACHO__KIT_SAMPLE || !tacho__kit_text_same(line->name, query->name)) return TACHO__KIT_NO_SERIES;
    struct tacho__kit_labels labels;
    (void)tacho__kit_labels_read(&labels, &line->braces);
    if (tacho__kit_labels_same(&labels, &query->labels)) return TACHO__KIT_FOUND;
    size_t both = 0, asked = 0;
    for (size_t i = 0; i < query->labels.count; i++) {
        asked += query->labels.at[i].value.len > 0;
        for (size_t k = 0; k < labels.count; k++)
            both += query->labels.at[i].value.len > 0 && tacho__kit_text_same(query->labels.at[i].name, labels.at[k].name);
    }
    return both == asked && both == labels.count ? TACHO__KIT_NO_VALUE : TACHO__KIT_NO_LABEL;
}

enum tacho__kit_found tacho__kit_query_find(const struct tacho__kit_query *query, tacho_registry *reg, double *value,
                                            tacho_buffer *words)
{
    tacho_buffer page;
    enum tacho__kit_found best = TACHO__KIT_NO_NAME;
    *value = NAN;
    if (value_page(&page, query, reg, words)) {
        tacho_buffer_fini(&page);
        return TACHO__KIT_FAILED;
    }
    const char *at = page.data, *end = at ? at + page.len : NULL, *why;
    struct tacho__kit_line line;
    while (best != TACHO__KIT_FOUND && tacho__kit_page_next(&at, end, &line, &why)) {
        enum tacho__kit_found found = value_judge(query, &line);
        if (found < best) best = found;
        if (found == TACHO__KIT_FOUND) (void)tacho__kit_number(line.value, value);
    }
    if (best != TACHO__KIT_FOUND) tacho__kit_near_say(query, best, reg, &page, words);
    tacho_buffer_fini(&page);
    return best;
}

/* ---- For users ---------------------------------------------------------------------------------------------------------------- */

/* `err`: what became of the query. */
static tacho_err value_answer(tacho_err err, const struct tacho__kit_query *query, tacho_registry *reg, double *value,
                              tacho_buffer *words)
{
    *value = NAN;
    if (err) return err;
    enum tacho__kit_found found = tacho__kit_query_find(query, reg, value, words);
    if (found == TACHO__KIT_FOUND) return TACHO_OK;
    if (found == TACHO__KIT_FAILED) return reg ? TACHO_ERR_NOMEM : TACHO_ERR_ARG;
    return TACHO_ERR_MISSING;
}

static tacho_err value_end(tacho_err err, tacho_buffer *words, char *why, size_t why_size)
{
    if (err) tacho__kit_tell(words, why, why_size);
    tacho_buffer_fini(words);
    tacho__kit_exempt_end();
    return err;
}

static void value_begin(tacho_buffer *words, char *why, size_t why_size)
{
    tacho__kit_exempt_begin();
    tacho_buffer_init(words);
    if (why && why_size > 0) *why = '\0';
}

tacho_err tacho_test_read(tacho_registry *reg, const char *series, double *value, char *why, size_t why_size)
{
    tacho_buffer words;
    double unwanted;
    struct tacho__kit_query query;
    value_begin(&words, why, why_size);
    tacho_err err = tacho__kit_query_read(&query, series, &words);
    return value_end(value_answer(err, &query, reg, value ? value : &unwanted, &words), &words, why, why_size);
}

tacho_err tacho_test_read_at(tacho_registry *reg, const char *name, const tacho_constant *labels, double *value, char *why,
                             size_t why_size)
{
    tacho_buffer words;
    double unwanted;
    struct tacho__kit_query query;
    value_begin(&words, why, why_size);
    tacho_err err = value_query_at(&query, name, labels, &words);
    return value_end(value_answer(err, &query, reg, value ? value : &unwanted, &words), &words, why, why_size);
}

double tacho_test_value(tacho_registry *reg, const char *series)
{
    double value;
    (void)tacho_test_read(reg, series, &value, NULL, 0);
    return value;
}

double tacho_test_value_at(tacho_registry *reg, const char *name, const tacho_constant *labels)
{
    double value;
    (void)tacho_test_read_at(reg, name, labels, &value, NULL, 0);
    return value;
}

static size_t value_count(const struct tacho__kit_query *query, const tacho_buffer *page)
{
    const char *at = page->data, *end = at ? at + page->len : NULL, *why;
    size_t count = 0;
    struct tacho__kit_line line;
    struct tacho__kit_labels labels;
    while (tacho__kit_page_next(&at, end, &line, &why)) {
        if (line.kind != TACHO__KIT_SAMPLE || !tacho__kit_text_same(line.name, query->name)) continue;
        (void)tacho__kit_labels_read(&labels, &line.braces);
        count += tacho__kit_labels_within(&query->labels, &labels);
    }
    return count;
}

size_t tacho_test_count(tacho_registry *reg, const char *series)
{
    tacho_buffer words, page;
    struct tacho__kit_query query;
    size_t count = SIZE_MAX;
    value_begin(&words, NULL, 0);
    tacho_buffer_init(&page);
    tacho_err err = tacho__kit_query_read(&query, series, &words);
    if (!err) err = value_page(&page, &query, reg, &words);
    if (!err) count = value_count(&query, &page);
    tacho_buffer_fini(&page);
    (void)value_end(err, &words, NULL, 0);
    return count;
}
