/*
 * kit_near.c - what there is, where a test asked for something that is not: mostly a misspelt name or value.
 *
 * Near is what takes few bytes to insert, remove or replace, in the beginnings of the texts.
 */
#include "kit.h"

#include <string.h>

#define NEAR_LENGTH 160  /* bytes of a text that are looked at */
#define NEAR_LINES 2000  /* and lines */
#define NEAR_NAMES 8     /* that are listed */

/* How many bytes to insert, remove or replace. */
static unsigned near_distance(struct tacho__kit_text a, struct tacho__kit_text b)
{
    unsigned row[NEAR_LENGTH + 1];
    size_t a_len = a.len < NEAR_LENGTH ? a.len : NEAR_LENGTH, b_len = b.len < NEAR_LENGTH ? b.len : NEAR_LENGTH;
    for (unsigned k = 0; k <= b_len; k++) row[k] = k;
    for (unsigned i = 0; i < a_len; i++) {
        unsigned corner = row[0];
        row[0] = i + 1;
        for (size_t k = 0; k < b_len; k++) {
            unsigned best = corner + (a.at[i] != b.at[k]);
            corner = row[k + 1];
            if (corner + 1 < best) best = corner + 1;
            if (row[k] + 1 < best) best = row[k] + 1;
            row[k + 1] = best;
        }
    }
    return row[b_len];
}

/* A page from its beginning. */
struct near_walk {
    const char *at, *end;
    size_t lines;
    struct tacho__kit_line line;
};

static struct near_walk near_begin(const tacho_buffer *page)
{
    return (struct near_walk){ .at = page->data, .end = page->data ? page->data + page->len : NULL };
}

static bool near_next(struct near_walk *walk)
{
    const char *why;
    return walk->lines++ < NEAR_LINES && tacho__kit_page_next(&walk->at, walk->end, &walk->line, &why);
}

static struct tacho__kit_text near_text(const tacho_buffer *buffer)
{
    return (struct tacho__kit_text){ buffer->data ? buffer->data : "", buffer->len, true };
}

/* The series with that name which is nearest, and how many there are. */
static void near_say_series(const struct tacho__kit_query *query, const tacho_buffer *page, struct tacho__kit_text asked,
                            tacho_buffer *words)
{
    struct tacho__kit_text nearest = { 0 };
    unsigned best = UINT32_MAX;
    size_t count = 0;
    for (struct near_walk walk = near_begin(page); near_next(&walk);) {
        if (walk.line.kind != TACHO__KIT_SAMPLE || !tacho__kit_text_same(walk.line.name, query->name)) continue;
        unsigned distance = near_distance(asked, walk.line.series);
        if (distance < best) {
            best = distance;
            nearest = walk.line.series;
        }
        count++;
    }
    nearest.escaped = true;
    tacho__kit_say(words, count > 1 ? "; the nearest of %zu is " : "; there is only ", count);
    tacho__kit_say_text(words, nearest);
}

/* The names of the labels that the first series of that name has. */
static void near_say_labels(const struct tacho__kit_query *query, const tacho_buffer *page, tacho_buffer *words)
{
    struct tacho__kit_labels labels;
    struct near_walk walk = near_begin(page);
    while (near_next(&walk)) {
        if (walk.line.kind != TACHO__KIT_SAMPLE || !tacho__kit_text_same(walk.line.name, query->name)) continue;
        (void)tacho__kit_labels_read(&labels, &walk.line.braces);
        tacho__kit_say(words, labels.count > 0 ? "; its labels are " : "; it has no labels");
        for (size_t i = 0; i < labels.count; i++) {
            if (i > 0) tacho__kit_say(words, ", ");
            tacho__kit_say_text(words, labels.at[i].name);
        }
        return;
    }
}

/* Which samples the family has. */
static void near_say_names(const tacho_buffer *page, tacho_buffer *words)
{
    struct tacho__kit_text names[NEAR_NAMES];
    size_t count = 0;
    for (struct near_walk walk = near_begin(page); count < NEAR_NAMES && near_next(&walk);) {
        bool known = walk.line.kind != TACHO__KIT_SAMPLE;
        for (size_t i = 0; i < count && !known; i++) known = tacho__kit_text_same(names[i], walk.line.name);
        if (known) continue;
        names[count++] = walk.line.name;
        tacho__kit_say(words, count == 1 ? "; its family has samples called " : ", ");
        tacho__kit_say_text(words, walk.line.name);
    }
    if (count == 0) tacho__kit_say(words, "; its family has none yet");
}

/* The nearest name of all. */
static void near_say_name(const struct tacho__kit_query *query, tacho_registry *reg, tacho_buffer *words)
{
    tacho_buffer page;
    tacho_scrape_options options = tacho__kit_options(query->name);
    struct tacho__kit_text nearest = { 0 };
    unsigned best = (unsigned)(query->name.len < NEAR_LENGTH ? query->name.len : NEAR_LENGTH) / 3 + 2;
    (void)tacho__kit_page_take(&page, reg, &options, words);
    for (struct near_walk walk = near_begin(&page); near_next(&walk);) {
        unsigned distance = near_distance(query->name, walk.line.name);
        if (distance >= best) continue;
        best = distance;
        nearest = walk.line.name;
    }
    tacho__kit_say(words, nearest.at ? "; the nearest name is " : ", nor anything like it");
    tacho__kit_say_text(words, nearest);
    tacho_buffer_fini(&page);
}

void tacho__kit_near_say(const struct tacho__kit_query *query, enum tacho__kit_found found, tacho_registry *reg,
                         const tacho_buffer *page, tacho_buffer *words)
{
    tacho_buffer asked;
    tacho_buffer_init(&asked);
    tacho__kit_say_series(&asked, query->name, &query->labels);
    tacho__kit_say(words, found == TACHO__KIT_NO_NAME ? "there is no family for " : "there is no ");
    tacho__kit_say_text(words, near_text(&asked));
    if (found == TACHO__KIT_NO_LABEL) near_say_labels(query, page, words);
    if (found == TACHO__KIT_NO_LABEL || found == TACHO__KIT_NO_VALUE) near_say_series(query, page, near_text(&asked), words);
    if (found == TACHO__KIT_NO_SERIES) near_say_names(page, words);
    if (found == TACHO__KIT_NO_NAME) near_say_name(query, reg, words);
    tacho_buffer_fini(&asked);
}
