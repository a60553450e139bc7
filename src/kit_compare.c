/*
 * kit_compare.c - a page against the lines that a test wants, in whatever order both are.
 *
 * The lines that are wanted are kept in a table by the hash of what identifies them; each line of the page looks for its own there.
 * Then differences are told in the order of what was wanted, and after them what nobody wanted, in the order of the page.
 */
#include "kit.h"

#include <string.h>

#include "alloc.h"

struct compare_want {
    struct tacho__kit_line line;
    struct tacho__kit_text actual; /* the line of the page, if there is one */
    uint64_t hash;
    bool same;
};

struct compare_sides {
    struct compare_want *wants;
    size_t count;
    uint32_t *slots; /* 1 + the number of a line; a power of two, more than half of them 0 */
    size_t mask;
    bool own_too; /* families of tacho's own, too, must be wanted */
    size_t differences;
    tacho_buffer *words;
};

/* ---- What identifies a line ---------------------------------------------------------------------------------------------- */

static uint64_t compare_hash(const struct tacho__kit_line *line)
{
    struct tacho__kit_labels labels;
    (void)tacho__kit_labels_read(&labels, &line->braces);
    return tacho__kit_series_hash(line->name, &labels) + line->kind;
}

static bool compare_is_of(const struct tacho__kit_line *a, const struct tacho__kit_line *b)
{
    if (a->kind != b->kind || !tacho__kit_text_same(a->name, b->name)) return false;
    struct tacho__kit_labels labels, others;
    (void)tacho__kit_labels_read(&labels, &a->braces);
    (void)tacho__kit_labels_read(&others, &b->braces);
    return tacho__kit_labels_same(&labels, &others);
}

static bool compare_is_whole(struct tacho__kit_text number)
{
    for (size_t i = 0; i < number.len; i++)
        if (number.at[i] < '0' || number.at[i] > '9') return false;
    return true;
}

/* Digits are compared as such: there are more whole numbers than doubles. */
static bool compare_is_same(const struct tacho__kit_line *a, const struct tacho__kit_line *b)
{
    double first, second;
    if (!tacho__kit_text_same(a->rest, b->rest)) return false;
    if (tacho__kit_text_same(a->value, b->value)) return true;
    if (a->kind != TACHO__KIT_SAMPLE || (compare_is_whole(a->value) && compare_is_whole(b->value))) return false;
    return tacho__kit_number(a->value, &first) && tacho__kit_number(b->value, &second) && !(first < second) && !(first > second) &&
           (first != first) == (second != second);
}

/* The slot where such a line is, or where it would go. */
static uint32_t *compare_slot(const struct compare_sides *sides, const struct tacho__kit_line *line, uint64_t hash)
{
    size_t place = (size_t)hash & sides->mask;
    for (;; place = (place + 1) & sides->mask) {
        if (sides->slots[place] == 0) return &sides->slots[place];
        const struct compare_want *want = &sides->wants[sides->slots[place] - 1];
        if (want->hash == hash && compare_is_of(&want->line, line)) return &sides->slots[place];
    }
}

/* ---- Reading both sides ---------------------------------------------------------------------------------------------------- */

static bool compare_make_room(struct compare_sides *sides, const char *want)
{
    size_t lines = 1, slots = 4;
    for (const char *at = want; (at = strchr(at, '\n')); at++) lines++;
    while (slots < 2 * lines + 1) slots *= 2;
    sides->wants = lines < UINT32_MAX ? tacho__alloc(lines * sizeof *sides->wants) : NULL;
    sides->slots = sides->wants ? tacho__alloc(slots * sizeof *sides->slots) : NULL;
    sides->mask = slots - 1;
    return sides->slots;
}

/* False: a line is faulty, and that is said. */
static bool compare_read_want(struct compare_sides *sides, const char *want)
{
    const char *at = want, *end = want + strlen(want), *begin = at, *why;
    struct tacho__kit_line line;
    while (tacho__kit_page_next(&at, end, &line, &why)) {
        uint64_t hash = compare_hash(&line);
        uint32_t *slot = compare_slot(sides, &line, hash);
        if (*slot) {
            why = "it is there twice";
            break;
        }
        sides->wants[sides->count] = (struct compare_want){ .line = line, .hash = hash };
        *slot = (uint32_t)++sides->count;
    }
    if (!why) return true;
    size_t number = 0;
    for (; begin < at; begin++) number += *begin == '\n' || begin + 1 == end;
    tacho__kit_say(sides->words, "line %zu of what is wanted: %s: ", number, why);
    line.text.escaped = true;
    tacho__kit_say_text(sides->words, line.text);
    return false;
}

static bool compare_counts(const struct compare_sides *sides, const struct tacho__kit_line *line)
{
    bool own = line->name.len > 6 && memcmp(line->name.at, "tacho_", 6) == 0;
    return line->kind == TACHO__KIT_SAMPLE && (sides->own_too || !own);
}

static void compare_say(const struct compare_sides *sides, const char *title, struct tacho__kit_text text)
{
    if (sides->words->len > 0) tacho__kit_say(sides->words, "\n");
    tacho__kit_say(sides->words, "%s", title);
    text.escaped = true;
    tacho__kit_say_text(sides->words, text);
}

/* Find to each line of the page the one that is wanted; `unwanted`: tell those that have none instead. */
static void compare_read_page(struct compare_sides *sides, const tacho_buffer *page, bool unwanted)
{
    const char *at = page->data, *end = at ? at + page->len : NULL, *why;
    struct tacho__kit_line line;
    while (tacho__kit_page_next(&at, end, &line, &why)) {
        uint32_t number = *compare_slot(sides, &line, compare_hash(&line));
        if (number && !unwanted) {
            sides->wants[number - 1].actual = line.text;
            sides->wants[number - 1].same = compare_is_same(&sides->wants[number - 1].line, &line);
        }
        if (number || !unwanted || !compare_counts(sides, &line)) continue;
        compare_say(sides, "expected  ", (struct tacho__kit_text){ "(nothing)", 9, true });
        compare_say(sides, "actual    ", line.text);
        sides->differences++;
    }
}

static void compare_tell_wants(struct compare_sides *sides)
{
    for (size_t i = 0; i < sides->count; i++) {
        const struct compare_want *want = &sides->wants[i];
        if (want->same) continue;
        compare_say(sides, "expected  ", want->line.text);
        compare_say(sides, "actual    ", want->actual.at ? want->actual : (struct tacho__kit_text){ "(is not there)", 14, true });
        sides->differences++;
    }
}

/* ---- For users --------------------------------------------------------------------------------------------------------------- */

/* False: there is nothing to compare, and why is said. */
static bool compare_prepare(struct compare_sides *sides, tacho_buffer *page, tacho_registry *reg, const char *want,
                            const tacho_scrape_options *options)
{
    static const tacho_scrape_options defaults = { .format = TACHO_TEXT };
    tacho_buffer_init(page);
    if (!options) options = &defaults;
    sides->own_too = options->name_count > 0;
    bool is_text = options->format == TACHO_TEXT || options->format == TACHO_TEXT_1 || options->format == TACHO_OPENMETRICS;
    if (!want) tacho__kit_say(sides->words, "what is wanted is NULL");
    if (!want) return false;
    if (!is_text) tacho__kit_say(sides->words, "the format is none of lines");
    if (!is_text || tacho__kit_page_take(page, reg, options, sides->words)) return false;
    if (compare_make_room(sides, want)) return compare_read_want(sides, want);
    tacho__kit_say(sides->words, "%s", tacho_strerror(TACHO_ERR_NOMEM));
    return false;
}

size_t tacho_test_compare(tacho_registry *reg, const char *want, const tacho_scrape_options *options, char *why, size_t why_size)
{
    tacho_buffer words, page;
    struct compare_sides sides = { .words = &words };
    tacho__kit_exempt_begin();
    tacho_buffer_init(&words);
    if (why && why_size > 0) *why = '\0';
    if (compare_prepare(&sides, &page, reg, want, options)) {
        compare_read_page(&sides, &page, false);
        compare_tell_wants(&sides);
        compare_read_page(&sides, &page, true);
    } else {
        sides.differences = 1;
    }
    if (sides.differences > 0) tacho__kit_tell(&words, why, why_size);
    tacho_buffer_fini(&words);
    tacho_buffer_fini(&page);
    tacho__free(sides.wants);
    tacho__free(sides.slots);
    tacho__kit_exempt_end();
    return sides.differences;
}
