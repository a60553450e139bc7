/*
 * kit_line.c - lines of a page, taken apart and compared.
 *
 * Texts are compared through a reader that gives one byte at a time and knows escapes, so nothing is copied.
 */
#include "kit.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINE_NUMBER_MAX 400 /* a number with more digits is none */

/* What is left of a line. */
struct line_rest {
    const char *at, *end;
};

static bool line_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void line_skip_blanks(struct line_rest *rest)
{
    while (rest->at < rest->end && line_is_blank(*rest->at)) rest->at++;
}

static bool line_take(struct line_rest *rest, char c)
{
    if (rest->at == rest->end || *rest->at != c) return false;
    rest->at++;
    return true;
}

static struct tacho__kit_text line_between(const char *at, const char *end)
{
    return (struct tacho__kit_text){ at, (size_t)(end - at), false };
}

/* What stands before a blank or one of these. */
static struct tacho__kit_text line_word(struct line_rest *rest, const char *ends)
{
    const char *at = rest->at;
    while (rest->at < rest->end && !line_is_blank(*rest->at) && (*rest->at == '\0' || !strchr(ends, *rest->at))) rest->at++;
    return line_between(at, rest->at);
}

/* What is in quotes, the first of which was taken. */
static const char *line_quoted(struct line_rest *rest, struct tacho__kit_text *text)
{
    const char *at = rest->at;
    for (; rest->at < rest->end && *rest->at != '"'; rest->at++) {
        if (*rest->at != '\\') continue;
        rest->at++;
        if (rest->at == rest->end || (*rest->at != '\\' && *rest->at != '"' && *rest->at != 'n'))
            return "a backslash begins \\\\, \\\" or \\n";
    }
    *text = line_between(at, rest->at);
    text->escaped = true;
    return line_take(rest, '"') ? NULL : "a quote is not closed";
}

/* One label, or the name of the sample, which has no value. */
static const char *line_label(struct line_rest *rest, struct tacho__kit_label *label, bool *is_name)
{
    const char *why = NULL;
    bool quoted = line_take(rest, '"');
    if (quoted)
        why = line_quoted(rest, &label->name);
    else
        label->name = line_word(rest, "=,}\"");
    if (why) return why;
    line_skip_blanks(rest);
    *is_name = quoted && (rest->at == rest->end || *rest->at == ',' || *rest->at == '}');
    if (*is_name) return NULL;
    if (label->name.len == 0) return "a label has no name";
    bool equals = line_take(rest, '=');
    line_skip_blanks(rest);
    if (!equals || !line_take(rest, '"')) return "a label is written name=\"value\"";
    return line_quoted(rest, &label->value);
}

static const char *line_add_label(struct tacho__kit_labels *labels, const struct tacho__kit_label *label)
{
    for (size_t i = 0; i < labels->count; i++)
        if (tacho__kit_text_same(labels->at[i].name, label->name)) return "a label comes twice";
    if (labels->count == TACHO__KIT_LABELS) return "there are too many labels";
    labels->at[labels->count++] = *label;
    return NULL;
}

/* The labels up to a brace or the end. */
static const char *line_labels(struct line_rest *rest, struct tacho__kit_labels *labels, struct tacho__kit_text *name)
{
    labels->count = 0;
    for (bool more = true;; more = line_take(rest, ',')) {
        line_skip_blanks(rest);
        if (rest->at == rest->end || *rest->at == '}') return NULL;
        if (!more) return "between labels stands a comma";
        struct tacho__kit_label label = { 0 };
        bool is_name;
        const char *why = line_label(rest, &label, &is_name);
        if (why) return why;
        if (is_name && name->len > 0) return "there are two names";
        if (is_name) *name = label.name;
        if (!is_name) why = line_add_label(labels, &label);
        if (why) return why;
        line_skip_blanks(rest);
    }
}

static const char *line_series(struct line_rest *rest, struct tacho__kit_line *line)
{
    const char *begin = rest->at;
    line->name = line_word(rest, "{");
    line_skip_blanks(rest);
    if (line_take(rest, '{')) {
        struct tacho__kit_labels labels;
        const char *at = rest->at, *why = line_labels(rest, &labels, &line->name);
        if (why) return why;
        line->braces = line_between(at, rest->at);
        if (!line_take(rest, '}')) return "a brace is not closed";
    }
    line->series = line_between(begin, rest->at);
    while (line->series.len > 0 && line_is_blank(begin[line->series.len - 1])) line->series.len--;
    return line->name.len > 0 ? NULL : "the name is missing";
}

/* Behind the '#'. */
static const char *line_metadata(struct line_rest rest, struct tacho__kit_line *line)
{
    static const char *const words[] = { "HELP", "TYPE", "UNIT" };
    line_skip_blanks(&rest);
    struct tacho__kit_text word = line_word(&rest, "");
    for (unsigned i = 0; i < 3; i++)
        if (word.len == 4 && memcmp(word.at, words[i], 4) == 0) line->kind = (enum tacho__kit_kind)(TACHO__KIT_HELP + i);
    if (line->kind == TACHO__KIT_NOTHING) return NULL;
    line_skip_blanks(&rest);
    const char *why = NULL;
    if (line_take(&rest, '"'))
        why = line_quoted(&rest, &line->name);
    else
        line->name = line_word(&rest, "");
    line_skip_blanks(&rest);
    line->value = line_between(rest.at, rest.end);
    if (!why && line->name.len == 0) return "the name is missing";
    return why;
}

const char *tacho__kit_line_read(struct tacho__kit_line *line, const char *at, size_t len)
{
    struct line_rest rest = { at, at + len };
    line_skip_blanks(&rest);
    while (rest.end > rest.at && line_is_blank(rest.end[-1])) rest.end--;
    *line = (struct tacho__kit_line){ .text = line_between(rest.at, rest.end) };
    if (rest.at == rest.end) return NULL;
    if (line_take(&rest, '#')) return line_metadata(rest, line);
    line->kind = TACHO__KIT_SAMPLE;
    const char *why = line_series(&rest, line);
    if (why) return why;
    line_skip_blanks(&rest);
    line->value = line_word(&rest, "");
    line_skip_blanks(&rest);
    line->rest = line_between(rest.at, rest.end);
    double number;
    if (line->value.len == 0) return "the value is missing";
    return tacho__kit_number(line->value, &number) ? NULL : "the value is no number";
}

const char *tacho__kit_series_read(struct tacho__kit_line *line, const char *series)
{
    struct line_rest rest = { series, series + strlen(series) };
    *line = (struct tacho__kit_line){ .kind = TACHO__KIT_SAMPLE };
    line_skip_blanks(&rest);
    const char *why = line_series(&rest, line);
    line_skip_blanks(&rest);
    if (!why && rest.at < rest.end) return "something stands behind it";
    return why;
}

const char *tacho__kit_labels_read(struct tacho__kit_labels *labels, const struct tacho__kit_text *braces)
{
    struct line_rest rest = { braces->at, braces->at ? braces->at + braces->len : NULL };
    struct tacho__kit_text name = { 0 };
    return line_labels(&rest, labels, &name);
}

/* ---- Comparing ---------------------------------------------------------------------------------------------------------- */

static unsigned char line_byte(struct tacho__kit_text *text)
{
    bool escape = text->escaped && *text->at == '\\' && text->len > 1;
    char c = text->at[escape];
    text->at += 1 + escape;
    text->len -= 1u + escape;
    return (unsigned char)(escape && c == 'n' ? '\n' : c);
}

bool tacho__kit_text_same(struct tacho__kit_text a, struct tacho__kit_text b)
{
    while (a.len > 0 && b.len > 0)
        if (line_byte(&a) != line_byte(&b)) return false;
    return a.len == b.len;
}

static bool line_text_is(struct tacho__kit_text text, const char *word)
{
    return tacho__kit_text_same(text, (struct tacho__kit_text){ word, strlen(word), false });
}

static bool line_is_bound(struct tacho__kit_text name)
{
    return line_text_is(name, "le") || line_text_is(name, "quantile");
}

bool tacho__kit_number(struct tacho__kit_text text, double *number)
{
    if (line_text_is(text, "NaN")) return *number = NAN, true;
    char digits[LINE_NUMBER_MAX], *to = digits, *end;
    const char *point = localeconv()->decimal_point;
    if (text.len == 0 || text.len * strlen(point) >= sizeof digits) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '\0' || !strchr("0123456789+-.eEInf", c)) return false;
        size_t len = c == '.' ? strlen(point) : 1;
        memcpy(to, c == '.' ? point : &c, len);
        to += len;
    }
    *to = '\0';
    *number = strtod(digits, &end);
    return *end == '\0';
}

bool tacho__kit_value_same(const struct tacho__kit_label *a, const struct tacho__kit_label *b)
{
    double first, second;
    if (tacho__kit_text_same(a->value, b->value)) return true;
    return line_is_bound(a->name) && tacho__kit_number(a->value, &first) && tacho__kit_number(b->value, &second) &&
           !(first < second) && !(first > second);
}

bool tacho__kit_labels_within(const struct tacho__kit_labels *some, const struct tacho__kit_labels *all)
{
    for (size_t i = 0; i < some->count; i++) {
        bool there = some->at[i].value.len == 0;
        for (size_t k = 0; k < all->count && !there; k++)
            there = tacho__kit_text_same(some->at[i].name, all->at[k].name) && tacho__kit_value_same(&some->at[i], &all->at[k]);
        if (!there) return false;
    }
    return true;
}

bool tacho__kit_labels_same(const struct tacho__kit_labels *a, const struct tacho__kit_labels *b)
{
    return tacho__kit_labels_within(a, b) && tacho__kit_labels_within(b, a);
}

static uint64_t line_hash(uint64_t hash, struct tacho__kit_text text)
{
    while (text.len > 0) hash = (hash ^ line_byte(&text)) * 0x100000001b3u;
    return (hash ^ hash >> 29) * 0x9e3779b97f4a7c15u;
}

uint64_t tacho__kit_series_hash(struct tacho__kit_text name, const struct tacho__kit_labels *labels)
{
    uint64_t hash = line_hash(1, name);
    for (size_t i = 0; i < labels->count; i++) {
        const struct tacho__kit_label *label = &labels->at[i];
        double bound;
        if (label->value.len == 0) continue;
        if (line_is_bound(label->name) && tacho__kit_number(label->value, &bound))
            hash += tacho__double_bits(bound + 0) * 0x9e3779b97f4a7c15u; /* 0 and -0 are the same */
        else
            hash += line_hash(line_hash(2, label->name), label->value);
    }
    return hash;
}
