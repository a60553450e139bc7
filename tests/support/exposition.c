/*
 * exposition.c - a strict reader of the text format 0.0.4.
 *
 * One pass over the lines. What is kept is copied into one arena, each string with a NUL behind it; two hash tables find
 * series, and the names that families take.
 */
#define _GNU_SOURCE /* strtod_l */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/expose.h>

#include "exposition.h"

/* A piece of the text. */
struct slice {
    const char *at;
    size_t len;
};

struct table {
    struct {
        struct slice key;
        size_t value;
    } *slots;
    size_t cap; /* a power of two, at least twice what goes in */
};

struct exposition_index {
    struct table series; /* name{labels} -> sample */
    struct table names;  /* every name that a family takes -> family */
};

enum { MAX_LABELS = 64 };

struct sample_line {
    struct slice series, name, labels, number;
    struct slice base; /* the labels less `le` or `quantile` */
    struct slice le;   /* or the quantile; at NULL: there is none */
    struct slice label_names[MAX_LABELS];
    size_t label_count; /* less `le` or `quantile` */
};

struct parser {
    const char *text;
    size_t len;
    struct slice line;
    size_t line_number;
    char *why;
    size_t why_cap;
    struct exposition *out;
    struct exposition_sample *samples;
    struct exposition_family *families;
    char *pen; /* the next free byte of the arena */
    locale_t locale;
    /* The family at hand */
    struct slice family;
    bool has_help, has_type;
    enum { COUNTER, GAUGE, HISTOGRAM, SUMMARY, UNTYPED } type;
    struct slice label_names[MAX_LABELS];
    size_t label_count; /* SIZE_MAX: no sample was there yet */
    /* The histogram or summary at hand; a summary's quantiles are its buckets */
    enum { OUTSIDE, IN_BUCKETS, BEFORE_SUM, BEFORE_COUNT } where;
    struct slice base, infinite;
    double bound;
    uint64_t cumulative;
    size_t buckets, family_buckets;
};

/* ---- Slices and tables ----------------------------------------------------------------------------------- */

static bool slice_is(struct slice slice, const char *text)
{
    return slice.len == strlen(text) && memcmp(slice.at, text, slice.len) == 0;
}

static bool slice_same(struct slice a, struct slice b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static bool slice_begins(struct slice slice, const char *text)
{
    return slice.len >= strlen(text) && memcmp(slice.at, text, strlen(text)) == 0;
}

static struct slice slice_skip(struct slice slice, size_t len)
{
    return (struct slice){ slice.at + len, slice.len - len };
}

static bool table_init(struct table *table, size_t entries)
{
    table->cap = 16;
    while (table->cap < 2 * entries) table->cap *= 2;
    table->slots = calloc(table->cap, sizeof *table->slots);
    return table->slots != NULL;
}

/* Where the key is, or where it would go. */
static size_t table_place(const struct table *table, struct slice key)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < key.len; i++) hash = (hash ^ (unsigned char)key.at[i]) * UINT64_C(0x100000001b3);
    size_t place = (size_t)(hash ^ hash >> 32) & (table->cap - 1);
    while (table->slots[place].key.at && !slice_same(table->slots[place].key, key))
        place = (place + 1) & (table->cap - 1);
    return place;
}

/* False: the key is there already. */
static bool table_add(struct table *table, struct slice key, size_t value)
{
    size_t place = table_place(table, key);
    if (table->slots[place].key.at) return false;
    table->slots[place].key = key;
    table->slots[place].value = value;
    return true;
}

static size_t table_get(const struct table *table, const char *key)
{
    size_t place = table_place(table, (struct slice){ key, strlen(key) });
    return table->slots[place].key.at ? table->slots[place].value : SIZE_MAX;
}

/* ---- Errors and copies ----------------------------------------------------------------------------------- */

static bool parser_fail(struct parser *p, const char *reason)
{
    enum { SHOWN = 300 };
    bool cut = p->line.len > SHOWN;
    if (p->why_cap)
        snprintf(p->why, p->why_cap, "line %zu: %s: %.*s%s", p->line_number, reason, cut ? SHOWN : (int)p->line.len,
                 p->line.at ? p->line.at : "", cut ? "..." : "");
    return false;
}

static const char *parser_keep(struct parser *p, struct slice slice)
{
    char *kept = p->pen;
    memcpy(kept, slice.at, slice.len);
    kept[slice.len] = '\0';
    p->pen += slice.len + 1;
    return kept;
}

/* ---- Tokens ------------------------------------------------------------------------------------------------ */

/* Take a name from the front: metric names may have ':'. An empty one if there is none. */
static struct slice token_name(struct slice *rest, bool colon)
{
    size_t len = 0;
    for (; len < rest->len; len++) {
        char c = rest->at[len];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colon && c == ':');
        if (!letter && !(len > 0 && c >= '0' && c <= '9')) break;
    }
    struct slice name = { rest->at, len };
    *rest = slice_skip(*rest, len);
    return name;
}

static bool token_char(struct slice *rest, char c)
{
    if (rest->len == 0 || rest->at[0] != c) return false;
    *rest = slice_skip(*rest, 1);
    return true;
}

static size_t token_digits(struct slice *rest)
{
    size_t len = 0;
    while (len < rest->len && rest->at[len] >= '0' && rest->at[len] <= '9') len++;
    *rest = slice_skip(*rest, len);
    return len;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?(e[+-][0-9][0-9]+)? or NaN, +Inf, -Inf */
static bool token_is_number(struct slice number)
{
    if (slice_is(number, "NaN") || slice_is(number, "+Inf") || slice_is(number, "-Inf")) return true;
    (void)token_char(&number, '-');
    bool zero = number.len > 0 && number.at[0] == '0';
    size_t digits = token_digits(&number);
    if (digits == 0 || (zero && digits > 1)) return false;
    if (token_char(&number, '.') && token_digits(&number) == 0) return false;
    if (!token_char(&number, 'e')) return number.len == 0;
    if (!token_char(&number, '+') && !token_char(&number, '-')) return false;
    return token_digits(&number) >= 2 && number.len == 0;
}

static bool token_is_count(struct slice number)
{
    struct slice rest = number;
    return token_is_number(number) && token_digits(&rest) == number.len;
}

static double token_value(const struct parser *p, struct slice number)
{
    char text[400];
    if (number.len >= sizeof text) return NAN;
    memcpy(text, number.at, number.len);
    text[number.len] = '\0';
    return strtod_l(text, NULL, p->locale);
}

static uint64_t token_count(struct slice number)
{
    uint64_t count = 0;
    for (size_t i = 0; i < number.len; i++) count = count * 10 + (uint64_t)(number.at[i] - '0');
    return count;
}

/* The first byte that is no UTF-8; len if all is. */
static size_t utf8_end(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len) {
        const unsigned char *at = (const unsigned char *)text + i;
        size_t more = at[0] < 0x80 ? 0 : at[0] < 0xc2 ? 9 : at[0] < 0xe0 ? 1 : at[0] < 0xf0 ? 2 : at[0] < 0xf5 ? 3 : 9;
        if (more >= len - i) return i;
        for (size_t k = 1; k <= more; k++)
            if ((at[k] & 0xc0) != 0x80) return i;
        if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f)) return i;
        if ((at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f)) return i;
        i += more + 1;
    }
    return len;
}

/* ---- HELP and TYPE ----------------------------------------------------------------------------------------- */

/* The family at hand ends here. */
static bool family_close(struct parser *p)
{
    if (p->has_help && !p->has_type) return parser_fail(p, "the family before has no TYPE");
    if (p->where != OUTSIDE) return parser_fail(p, "the histogram or summary before is not complete");
    p->has_help = p->has_type = false;
    return true;
}

/* `name text`: the name is taken, the blank too. */
static bool family_name(struct parser *p, struct slice *rest, struct slice *name)
{
    *name = token_name(rest, true);
    if (name->len == 0) return parser_fail(p, "invalid family name");
    return token_char(rest, ' ') ? true : parser_fail(p, "no blank after the family name");
}

static bool family_help(struct parser *p, struct slice rest)
{
    struct exposition_family *family = &p->families[p->out->family_count];
    struct slice name;
    if (!family_close(p) || !family_name(p, &rest, &name)) return false;
    if (rest.len == 0) return parser_fail(p, "empty help");
    family->name = parser_keep(p, name);
    char *to = p->pen;
    family->help = to;
    for (size_t i = 0; i < rest.len; i++) {
        char c = rest.at[i];
        if (c == '\\') {
            if (++i == rest.len || (rest.at[i] != '\\' && rest.at[i] != 'n')) return parser_fail(p, "bad escape");
            c = rest.at[i] == 'n' ? '\n' : '\\';
        }
        *to++ = c;
    }
    *to++ = '\0';
    p->pen = to;
    family->first = p->out->count;
    p->family = (struct slice){ family->name, name.len };
    p->has_help = true;
    return true;
}

/* Take a name of the family for it alone. */
static bool family_claim(struct parser *p, const char *suffix)
{
    char *name = p->pen;
    size_t len = p->family.len + strlen(suffix);
    memcpy(name, p->family.at, p->family.len);
    strcpy(name + p->family.len, suffix);
    p->pen += len + 1;
    if (table_add(&p->out->index->names, (struct slice){ name, len }, p->out->family_count)) return true;
    return parser_fail(p, "another family has this name");
}

static bool family_type(struct parser *p, struct slice rest)
{
    static const char *const types[] = { "counter", "gauge", "histogram", "summary", "untyped" };
    static const char *const suffixes[] = { "_sum", "_count", "_bucket" };
    struct slice name;
    if (!family_name(p, &rest, &name)) return false;
    if (p->has_type) return parser_fail(p, "TYPE without its HELP before it");
    if (!p->has_help || !slice_same(name, p->family)) return parser_fail(p, "TYPE without its HELP before it");
    for (p->type = COUNTER; p->type <= UNTYPED && !slice_is(rest, types[p->type]);) p->type++;
    if (p->type > UNTYPED) return parser_fail(p, "unknown type");
    if (!family_claim(p, "")) return false;
    for (int i = 0; i < (p->type == HISTOGRAM ? 3 : p->type == SUMMARY ? 2 : 0); i++)
        if (!family_claim(p, suffixes[i])) return false;
    p->families[p->out->family_count++].type = types[p->type];
    p->has_type = true;
    p->label_count = p->family_buckets = SIZE_MAX;
    return true;
}

/* ---- Samples ----------------------------------------------------------------------------------------------- */

/* What is between the quotes, and the quote behind it. */
static bool sample_label_value(struct parser *p, struct slice *rest, struct slice *value)
{
    value->at = rest->at;
    for (; rest->len > 0 && rest->at[0] != '"'; *rest = slice_skip(*rest, 1)) {
        if (rest->at[0] != '\\') continue;
        *rest = slice_skip(*rest, 1);
        if (rest->len == 0 || !strchr("\\\"n", rest->at[0]) || rest->at[0] == '\0')
            return parser_fail(p, "bad escape");
    }
    value->len = (size_t)(rest->at - value->at);
    return token_char(rest, '"') ? true : parser_fail(p, "a label value does not end");
}

static bool sample_label(struct parser *p, struct slice *rest, struct sample_line *line)
{
    struct slice name = token_name(rest, false), value;
    if (name.len == 0) return parser_fail(p, "invalid label name");
    if (slice_begins(name, "__")) return parser_fail(p, "reserved label name");
    if (!token_char(rest, '=') || !token_char(rest, '"')) return parser_fail(p, "no =\" after a label name");
    if (line->le.at) return parser_fail(p, "a label after le or quantile");
    for (size_t i = 0; i < line->label_count; i++)
        if (slice_same(line->label_names[i], name)) return parser_fail(p, "a label name comes twice");
    if (!sample_label_value(p, rest, &value)) return false;
    if (slice_is(name, p->type == HISTOGRAM ? "le" : p->type == SUMMARY ? "quantile" : "")) {
        line->le = value;
        return true;
    }
    if (line->label_count == MAX_LABELS) return parser_fail(p, "too many labels");
    line->label_names[line->label_count++] = name;
    line->base.len = (size_t)(rest->at - line->base.at);
    return true;
}

static bool sample_labels(struct parser *p, struct slice *rest, struct sample_line *line)
{
    line->labels = line->base = (struct slice){ rest->at, 0 };
    if (!token_char(rest, '{')) return true;
    line->labels = line->base = (struct slice){ rest->at, 0 };
    do {
        if (!sample_label(p, rest, line)) return false;
    } while (token_char(rest, ','));
    line->labels.len = (size_t)(rest->at - line->labels.at);
    return token_char(rest, '}') ? true : parser_fail(p, "the labels do not end");
}

/* All samples of a family have the same label names. */
static bool sample_check_names(struct parser *p, const struct sample_line *line)
{
    if (p->label_count == SIZE_MAX) {
        p->label_count = line->label_count;
        memcpy(p->label_names, line->label_names, sizeof p->label_names);
    }
    bool same = p->label_count == line->label_count;
    for (size_t i = 0; same && i < line->label_count; i++)
        same = slice_same(p->label_names[i], line->label_names[i]);
    return same ? true : parser_fail(p, "other label names than the sample before");
}

static bool token_is_canonical(struct slice number)
{
    return memchr(number.at, '.', number.len) || memchr(number.at, 'e', number.len);
}

static bool histogram_bucket(struct parser *p, const struct sample_line *line)
{
    double bound = line->le.at ? token_value(p, line->le) : NAN;
    bool infinite = line->le.at && slice_is(line->le, "+Inf");
    if (!line->le.at) return parser_fail(p, "a bucket without le");
    if (!token_is_number(line->le) || (!infinite && !isfinite(bound))) return parser_fail(p, "invalid le");
    if (!infinite && !token_is_canonical(line->le)) return parser_fail(p, "le is not in canonical form");
    if (!token_is_count(line->number)) return parser_fail(p, "a bucket's value is no count");
    uint64_t count = token_count(line->number);
    if (p->where == OUTSIDE) {
        p->base = line->base;
        p->buckets = 0;
    } else if (p->where != IN_BUCKETS) {
        return parser_fail(p, "a bucket behind +Inf");
    } else if (!(bound > p->bound)) {
        return parser_fail(p, "le does not rise");
    } else if (count < p->cumulative) {
        return parser_fail(p, "a bucket is smaller than the one before");
    }
    p->bound = bound;
    p->cumulative = count;
    p->buckets++;
    p->where = infinite ? BEFORE_SUM : IN_BUCKETS;
    p->infinite = line->number;
    if (infinite && p->family_buckets == SIZE_MAX) p->family_buckets = p->buckets;
    return !infinite || p->buckets == p->family_buckets ? true : parser_fail(p, "other bounds than the one before");
}

static bool summary_quantile(struct parser *p, const struct sample_line *line)
{
    double rank = line->le.at ? token_value(p, line->le) : NAN;
    if (!line->le.at) return parser_fail(p, "a quantile without its rank");
    if (!token_is_number(line->le) || !(rank >= 0 && rank <= 1)) return parser_fail(p, "invalid quantile");
    if (!token_is_canonical(line->le)) return parser_fail(p, "a quantile is not in canonical form");
    if (p->where == OUTSIDE)
        p->buckets = 0;
    else if (p->where != IN_BUCKETS)
        return parser_fail(p, "a quantile behind _sum");
    else if (!(rank > p->bound))
        return parser_fail(p, "quantiles do not rise");
    p->base = line->base;
    p->bound = rank;
    p->buckets++;
    p->where = IN_BUCKETS;
    return true;
}

static bool summary_line(struct parser *p, const struct sample_line *line)
{
    struct slice suffix = slice_skip(line->name, p->family.len);
    if (p->where != OUTSIDE && !slice_same(p->base, line->base)) return parser_fail(p, "other labels in a summary");
    if (suffix.len == 0) return summary_quantile(p, line);
    if (line->le.at) return parser_fail(p, "quantile on a sum or count");
    if (slice_is(suffix, "_sum")) {
        if (p->where == BEFORE_COUNT) return parser_fail(p, "_sum comes twice");
        if (p->where == OUTSIDE) p->buckets = 0;
        if (p->family_buckets == SIZE_MAX) p->family_buckets = p->buckets;
        if (p->buckets != p->family_buckets) return parser_fail(p, "other quantiles than the one before");
        p->base = line->base;
        p->where = BEFORE_COUNT;
        return true;
    }
    if (p->where != BEFORE_COUNT) return parser_fail(p, "_count does not follow _sum");
    p->where = OUTSIDE;
    return token_is_count(line->number) ? true : parser_fail(p, "a summary's count is no count");
}

static bool histogram_line(struct parser *p, const struct sample_line *line)
{
    struct slice suffix = slice_skip(line->name, p->family.len);
    if (p->where != OUTSIDE && !slice_same(p->base, line->base)) return parser_fail(p, "other labels in a histogram");
    if (slice_is(suffix, "_bucket")) return histogram_bucket(p, line);
    if (line->le.at) return parser_fail(p, "le on something that is no bucket");
    if (slice_is(suffix, "_sum")) {
        if (p->where != BEFORE_SUM) return parser_fail(p, "_sum does not follow the +Inf bucket");
        p->where = BEFORE_COUNT;
        return true;
    }
    if (p->where != BEFORE_COUNT) return parser_fail(p, "_count does not follow _sum");
    if (!slice_same(p->infinite, line->number)) return parser_fail(p, "_count is not the +Inf bucket");
    p->where = OUTSIDE;
    return true;
}

static bool sample_check_name(struct parser *p, struct slice name)
{
    if (!p->has_type) return parser_fail(p, "a sample outside a family");
    if (p->type != HISTOGRAM && slice_same(name, p->family)) return true;
    if (p->type != HISTOGRAM && p->type != SUMMARY) return parser_fail(p, "not a name of this family");
    bool ours = name.len > p->family.len && memcmp(name.at, p->family.at, p->family.len) == 0;
    struct slice suffix = ours ? slice_skip(name, p->family.len) : name;
    if (ours && (slice_is(suffix, "_sum") || slice_is(suffix, "_count"))) return true;
    if (ours && p->type == HISTOGRAM && slice_is(suffix, "_bucket")) return true;
    return parser_fail(p, "not a name of this family");
}

static bool sample_keep(struct parser *p, const struct sample_line *line)
{
    struct exposition_sample *sample = &p->samples[p->out->count];
    *sample = (struct exposition_sample){
        .series = parser_keep(p, line->series),
        .name = parser_keep(p, line->name),
        .labels = parser_keep(p, line->labels),
        .text = parser_keep(p, line->number),
        .value = token_value(p, line->number),
        .family = p->out->family_count - 1,
    };
    if (!table_add(&p->out->index->series, (struct slice){ sample->series, line->series.len }, p->out->count))
        return parser_fail(p, "the series comes twice");
    p->families[sample->family].count++;
    p->out->count++;
    return true;
}

static bool sample_parse(struct parser *p)
{
    struct sample_line line = { .le = { NULL, 0 } };
    struct slice rest = p->line;
    line.name = token_name(&rest, true);
    if (line.name.len == 0) return parser_fail(p, "invalid sample name");
    if (!sample_check_name(p, line.name) || !sample_labels(p, &rest, &line)) return false;
    line.series = (struct slice){ p->line.at, (size_t)(rest.at - p->line.at) };
    if (!token_char(&rest, ' ')) return parser_fail(p, "no blank before the number");
    line.number = rest;
    if (!token_is_number(rest)) return parser_fail(p, "invalid number");
    if (p->type == COUNTER && !(token_value(p, rest) >= 0)) return parser_fail(p, "a counter is negative or NaN");
    if (!sample_check_names(p, &line)) return false;
    if (p->type == HISTOGRAM && !histogram_line(p, &line)) return false;
    if (p->type == SUMMARY && !summary_line(p, &line)) return false;
    return sample_keep(p, &line);
}

/* ---- All of it --------------------------------------------------------------------------------------------- */

static bool parser_line(struct parser *p)
{
    if (p->line.len == 0) return parser_fail(p, "an empty line");
    if (slice_begins(p->line, "# HELP ")) return family_help(p, slice_skip(p->line, 7));
    if (slice_begins(p->line, "# TYPE ")) return family_type(p, slice_skip(p->line, 7));
    if (p->line.at[0] == '#') return parser_fail(p, "a comment");
    return sample_parse(p);
}

static bool parser_run(struct parser *p)
{
    size_t valid = utf8_end(p->text, p->len);
    for (size_t at = 0; at < p->len;) {
        const char *end = memchr(p->text + at, '\n', p->len - at);
        p->line = (struct slice){ p->text + at, end ? (size_t)(end - p->text) - at : p->len - at };
        p->line_number++;
        if (valid < at + p->line.len) return parser_fail(p, "invalid UTF-8");
        if (!end) return parser_fail(p, "no LF at the end");
        if (!parser_line(p)) return false;
        at += p->line.len + 1;
    }
    p->line = (struct slice){ "(end)", 5 };
    p->line_number++;
    return family_close(p);
}

/* Room for whatever that many lines and bytes can hold. */
static bool parser_allocate(struct parser *p)
{
    size_t lines = 1;
    for (size_t i = 0; i < p->len; i++) lines += p->text[i] == '\n';
    struct exposition *out = p->out = calloc(1, sizeof *out);
    if (!out) return false;
    out->samples = p->samples = calloc(lines, sizeof *p->samples);
    out->families = p->families = calloc(lines, sizeof *p->families);
    out->index = calloc(1, sizeof *out->index);
    out->memory = p->pen = malloc(4 * p->len + 64 * lines); /* each byte of a line at most four times, and suffixes */
    return p->samples && p->families && p->pen && out->index && table_init(&out->index->series, lines) &&
           table_init(&out->index->names, 4 * lines);
}

struct exposition *exposition_parse(const char *text, size_t len, char *why, size_t why_cap)
{
    struct parser p = { .text = text, .len = len, .why = why, .why_cap = why_cap };
    bool ok = parser_allocate(&p);
    if (ok) ok = (p.locale = newlocale(LC_ALL_MASK, "C", (locale_t)0)) != (locale_t)0;
    if (!ok && why_cap) snprintf(why, why_cap, "out of memory");
    if (ok) ok = parser_run(&p);
    if (p.locale) freelocale(p.locale);
    if (ok) return p.out;
    exposition_free(p.out);
    return NULL;
}

void exposition_free(struct exposition *exposition)
{
    if (!exposition) return;
    if (exposition->index) {
        free(exposition->index->series.slots);
        free(exposition->index->names.slots);
    }
    free(exposition->index);
    free((void *)(uintptr_t)exposition->samples);
    free((void *)(uintptr_t)exposition->families);
    free(exposition->memory);
    free(exposition);
}

struct exposition *exposition_read(tacho_registry *reg)
{
    char why[512];
    tacho_buffer page;
    tacho_buffer_init(&page);
    tacho_err err = tacho_expose(reg, TACHO_TEXT, &page.sink);
    if (err) fail_msg("tacho_expose: %s", tacho_strerror(err));
    struct exposition *exposition = exposition_parse(page.data, page.len, why, sizeof why);
    if (!exposition) fail_msg("invalid exposition, %s", why);
    tacho_buffer_fini(&page);
    return exposition;
}

const struct exposition_sample *exposition_find(const struct exposition *exposition, const char *series)
{
    size_t index = table_get(&exposition->index->series, series);
    return index == SIZE_MAX ? NULL : &exposition->samples[index];
}

double exposition_value(const struct exposition *exposition, const char *series)
{
    const struct exposition_sample *sample = exposition_find(exposition, series);
    return sample ? sample->value : NAN;
}

const char *exposition_text(const struct exposition *exposition, const char *series)
{
    const struct exposition_sample *sample = exposition_find(exposition, series);
    return sample ? sample->text : NULL;
}

const struct exposition_family *exposition_family(const struct exposition *exposition, const char *name)
{
    size_t index = table_get(&exposition->index->names, name);
    if (index == SIZE_MAX || strcmp(exposition->families[index].name, name) != 0) return NULL;
    return &exposition->families[index];
}

size_t exposition_count(const struct exposition *exposition, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < exposition->count; i++) count += strcmp(exposition->samples[i].name, name) == 0;
    return count;
}

double exposition_sum(const struct exposition *exposition, const char *name)
{
    double sum = 0;
    for (size_t i = 0; i < exposition->count; i++)
        if (strcmp(exposition->samples[i].name, name) == 0) sum += exposition->samples[i].value;
    return sum;
}
