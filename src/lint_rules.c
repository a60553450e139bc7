/*
 * lint_rules.c - the conventions for names, a function for each group of them, and the words of their findings.
 *
 * A name is cut into words at whatever is no letter or digit: where names are UTF-8, `.` means the same as `_`. A new
 * name that a finding proposes mends what that finding is about, and may have others.
 */
#include "lint_rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "desc.h"
#include "units.h"

#define LINT_WORDS_MAX (TACHO__NAME_MAX / 2 + 1)
#define LINT_LINE_MAX (2 * TACHO__WHY_MAX)
#define LINT_ADVICE_MAX (sizeof "call it " + LINT_RENAMED_MAX)
#define LINT_RENAMED_MAX 80 /* bytes of a name that is told in full */

struct lint_word {
    const char *text;
    size_t len;
};

struct lint_name {
    const struct tacho__meta *meta;
    const char *text;
    bool total;   /* it ends in _total, which is none of the words */
    size_t count; /* 0 in a name of signs alone */
    struct lint_word words[LINT_WORDS_MAX];
};

/* ---- Findings ---------------------------------------------------------------------------------------------- */

void tacho__finding(struct tacho__findings *out, const char *format, ...)
{
    char line[LINT_LINE_MAX + 1], name[84];
    int len = 0;
    va_list args;
    out->count++;
    if (!out->sink) return;
    if (out->family) len = snprintf(line, LINT_LINE_MAX, "family '%s': ", tacho__printable(name, out->family));
    va_start(args, format);
    len += vsnprintf(line + len, LINT_LINE_MAX - (size_t)len, format, args);
    va_end(args);
    if (len >= LINT_LINE_MAX) len = LINT_LINE_MAX - 1;
    line[len++] = '\n';
    if (out->sink->ops->write(out->sink, line, (size_t)len) != TACHO_OK) out->sink = NULL;
}

/* ---- Names ------------------------------------------------------------------------------------------------- */

static bool lint_is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool lint_is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool lint_is_letter(char c)
{
    return lint_is_upper(c) || lint_is_lower(c) || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static void lint_name_read(struct lint_name *name, const struct tacho__meta *meta)
{
    size_t len = meta->name.len, total = strlen("_total");
    name->meta = meta;
    name->text = tacho__meta_at(meta, meta->name);
    name->total = len >= total && memcmp(name->text + len - total, "_total", total) == 0;
    if (name->total) len -= total;
    name->count = 0;
    for (size_t at = 0; at < len;) {
        size_t from = at;
        while (at < len && lint_is_letter(name->text[at])) at++;
        if (at > from) name->words[name->count++] = (struct lint_word){ name->text + from, at - from };
        at++;
    }
}

static bool lint_is(const struct lint_name *name, size_t index, const char *text)
{
    return index < name->count && tacho__word_is(name->words[index].text, name->words[index].len, text);
}

/* Whether the last word, or the one `before` it, is this. */
static bool lint_ends_in(const struct lint_name *name, size_t before, const char *text)
{
    return name->count > before && lint_is(name, name->count - 1 - before, text);
}

/* Whether nothing stands before the word: it is the program's own name, or should be. */
static bool lint_is_first(const struct lint_name *name, size_t index)
{
    return name->words[index].text == name->text;
}

static struct tacho__unit lint_unit(const struct lint_name *name, size_t index)
{
    return tacho__unit_of(name->words[index].text, name->words[index].len);
}

static const char *lint_type(const struct lint_name *name)
{
    static const char *const types[] = { "",        "counter",         "gauge", "histogram",
                                         "summary", "gauge histogram", "info",  "stateset" };
    return types[name->meta->type];
}

/* "call it NEW": the name without the words from `first` to before `last`, with `unit` and perhaps _total at its end;
 * in bytes_per_second the new unit stays where the old one was. */
static const char *lint_rename(char *advice, const struct lint_name *name, size_t first, size_t last, const char *unit,
                               bool total)
{
    size_t at = (size_t)snprintf(advice, LINT_ADVICE_MAX, "call it "), from = at;
    bool stays = first < last && lint_is(name, last, "per");
    for (size_t i = 0; i < name->count; i++) {
        struct lint_word word = name->words[i];
        char separator = i > 0 ? word.text[-1] : '_';
        if (i == first && stays) word = (struct lint_word){ unit, strlen(unit) };
        else if (i >= first && i < last) continue;
        if (at + word.len + (at > from) >= LINT_ADVICE_MAX) return "shorten it";
        if (at > from) advice[at++] = separator;
        memcpy(advice + at, word.text, word.len);
        at += word.len;
    }
    const char *ending = stays ? "" : unit;
    int tail = snprintf(advice + at, LINT_ADVICE_MAX - at, "%s%s%s", at > from && *ending ? "_" : "", ending,
                        total ? "_total" : "");
    if (at + (size_t)tail >= LINT_ADVICE_MAX) return "shorten it";
    char shown[84];
    strcpy(advice + from, tacho__printable(shown, advice + from));
    return advice;
}

/* ---- The rules for names ----------------------------------------------------------------------------------- */

static void lint_help(struct tacho__findings *out, const struct lint_name *name)
{
    const char *help = tacho__meta_at(name->meta, name->meta->help);
    if (help[strspn(help, " \t\r\n")] == '\0')
        tacho__finding(out, "its help text is blank; say what it counts and what it tells");
}

static void lint_letters(struct tacho__findings *out, const struct lint_name *name)
{
    if (strchr(name->text, ':')) tacho__finding(out, "':' is for the names of recording rules; put '_' in its place");
}

static void lint_wrong_unit(struct tacho__findings *out, const struct lint_name *name, size_t index,
                            struct tacho__unit unit)
{
    char advice[LINT_ADVICE_MAX], word[84], text[TACHO__NAME_MAX + 1];
    const struct lint_word *from = &name->words[index];
    memcpy(text, from->text, from->len);
    text[from->len] = '\0';
    (void)tacho__printable(word, text);
    const char *to = unit.base ? lint_rename(advice, name, index, index + 1, unit.base, name->total) : NULL;
    if (!unit.base)
        tacho__finding(out, "'%s' may be minutes or meters; spell the base unit out, seconds or meters", word);
    else if (unit.kind == TACHO__UNIT_MISSPELT)
        tacho__finding(out, "'%s' is not how to write the base unit; %s", word, to);
    else if (strcmp(unit.base, "ratio") == 0)
        tacho__finding(out, "'%s' is no base unit; show a ratio from 0 to 1 and %s", word, to);
    else
        tacho__finding(out, "'%s' is no base unit; measure in %s and %s", word, unit.base, to);
}

/* A program may be called `b`, and a singular means something else before the end or in requests_per_second. */
static bool lint_is_wrong_unit(const struct lint_name *name, size_t index, struct tacho__unit unit)
{
    if (unit.kind == TACHO__UNIT_NONE || unit.kind == TACHO__UNIT_BASE) return false;
    if (unit.is_short) return !lint_is_first(name, index);
    bool plural = name->words[index].text[name->words[index].len - 1] == 's';
    if (!plural && index > 0 && lint_is(name, index - 1, "per")) return false;
    return unit.kind == TACHO__UNIT_OTHER || (index + 1 == name->count && !lint_is_first(name, index));
}

static void lint_units(struct tacho__findings *out, const struct lint_name *name)
{
    for (size_t i = 0; i < name->count; i++) {
        struct tacho__unit unit = lint_unit(name, i);
        if (lint_is_wrong_unit(name, i, unit)) lint_wrong_unit(out, name, i, unit);
    }
}

/* Whether the row could have the unit that its name ends in: nothing follows, or a counter's _total. */
static bool lint_could_have_unit(const struct lint_name *name, const char *base)
{
    const struct lint_word *last = &name->words[name->count - 1];
    bool ends = last->text[last->len] == '\0' || (name->total && name->meta->type == TACHO_COUNTER);
    bool apart = !lint_is_first(name, name->count - 1) && last->text[-1] == '_';
    return ends && apart && memcmp(last->text, base, last->len) == 0;
}

/* A base unit ends the name, and the row has it. */
static void lint_unit_place(struct tacho__findings *out, const struct lint_name *name)
{
    char advice[LINT_ADVICE_MAX];
    const struct tacho__meta *meta = name->meta;
    if (meta->type == TACHO_INFO || meta->type == TACHO_STATESET || meta->unit.len > 0 || name->count == 0) return;
    struct tacho__unit last = lint_unit(name, name->count - 1);
    if (last.kind == TACHO__UNIT_BASE && lint_could_have_unit(name, last.base))
        tacho__finding(out, "its row names no unit; give it .unit = \"%s\", which OpenMetrics shows", last.base);
    if (last.kind != TACHO__UNIT_NONE || lint_ends_in(name, 0, "ratio")) return;
    for (size_t i = 0; i + 1 < name->count; i++) {
        struct tacho__unit unit = lint_unit(name, i);
        bool rate = lint_is(name, i + 1, "per") || (i > 0 && lint_is(name, i - 1, "per"));
        if (unit.kind != TACHO__UNIT_BASE || rate) continue;
        tacho__finding(out, "its unit '%s' is in the middle; %s", unit.base,
                       lint_rename(advice, name, i, i + 1, unit.base, name->total));
        return;
    }
}

static void lint_total(struct tacho__findings *out, const struct lint_name *name)
{
    char advice[LINT_ADVICE_MAX];
    tacho_type type = (tacho_type)name->meta->type;
    size_t total = 0; /* one that is in the middle moves to the end */
    while (total < name->count && !lint_is(name, total, "total")) total++;
    if (type == TACHO_COUNTER && !name->total)
        tacho__finding(out, "is a counter without _total; %s", lint_rename(advice, name, total, total + 1, "", true));
    if (type != TACHO_COUNTER && type != TACHO_UNKNOWN && name->total)
        tacho__finding(out, "_total is for counters, and this is a %s; %s", lint_type(name),
                       lint_rename(advice, name, 0, 0, "", false));
}

/* Suffixes that formats append to the names of some types. */
static void lint_suffixes(struct tacho__findings *out, const struct lint_name *name)
{
    static const char *const suffixes[] = { "bucket", "count", "sum" };
    char advice[LINT_ADVICE_MAX];
    bool histogram = tacho__meta_is_histogram(name->meta), summary = name->meta->type == TACHO_SUMMARY;
    if (name->meta->type == TACHO_UNKNOWN || name->total || histogram || name->count == 0) return;
    if (lint_is_first(name, name->count - 1)) return;
    for (size_t i = 0; i < TACHO_COUNT(suffixes); i++)
        if (lint_ends_in(name, 0, suffixes[i]) && !(summary && i > 0))
            tacho__finding(out, "_%s is what %s end in; %s", suffixes[i],
                           i > 0 ? "histograms and summaries" : "histograms",
                           lint_rename(advice, name, name->count - 1, name->count, "", false));
}

static void lint_type_words(struct tacho__findings *out, const struct lint_name *name)
{
    static const char *const types[] = { "counter", "gauge", "histogram", "summary" };
    char advice[LINT_ADVICE_MAX];
    for (size_t i = 0; i < name->count; i++)
        for (size_t k = 0; k < TACHO_COUNT(types); k++)
            if (!lint_is_first(name, i) && lint_is(name, i, types[k]))
                tacho__finding(out, "its type is no part of a name; leave '%s' out and %s", types[k],
                               lint_rename(advice, name, i, i + 1, "", name->total));
}

/* What names promise about values. */
static void lint_meanings(struct tacho__findings *out, const struct lint_name *name)
{
    char advice[LINT_ADVICE_MAX];
    tacho_type type = (tacho_type)name->meta->type;
    bool bare_time = lint_ends_in(name, 0, "timestamp");
    bool time = bare_time || (lint_ends_in(name, 0, "seconds") && lint_ends_in(name, 1, "timestamp"));
    if (type != TACHO_INFO && type != TACHO_UNKNOWN && !name->total && name->count > 1 && lint_ends_in(name, 0, "info"))
        tacho__finding(out, "_info is for what its labels tell, and this is a %s; make its type TACHO_INFO",
                       lint_type(name));
    if (bare_time)
        tacho__finding(out, "a time is told in seconds since 1970; %s",
                       lint_rename(advice, name, 0, 0, "seconds", name->total));
    if (time && type != TACHO_GAUGE && type != TACHO_UNKNOWN)
        tacho__finding(out, "a time stamp is a gauge, and this is a %s", lint_type(name));
    if (type == TACHO_COUNTER && lint_ends_in(name, 0, "ratio"))
        tacho__finding(out, "a ratio is a gauge, and this is a counter; count both sides, and divide in the query");
}

/* ---- Prefixes ---------------------------------------------------------------------------------------------- */

/* Words behind which nothing but a type or a unit comes. */
static size_t lint_stem(const struct lint_name *name)
{
    size_t count = name->count;
    if (count == 0 || name->meta->type == TACHO_INFO) return count;
    bool unit = lint_unit(name, count - 1).kind != TACHO__UNIT_NONE || lint_is(name, count - 1, "ratio");
    if (unit) count--;
    return unit && count > 0 && lint_is(name, count - 1, "timestamp") ? count - 1 : count;
}

/* What the client libraries show of every process ("Writing client libraries"). */
static bool lint_is_process_metric(const char *name)
{
    static const char *const names[] = {
        "cpu_seconds_total", "open_fds",           "max_fds",    "virtual_memory_bytes", "virtual_memory_max_bytes",
        "threads",           "start_time_seconds", "heap_bytes", "resident_memory_bytes", "network_receive_bytes_total",
        "network_transmit_bytes_total",
    };
    for (size_t i = 0; i < TACHO_COUNT(names); i++)
        if (strcmp(name + strlen("process_"), names[i]) == 0) return true;
    return false;
}

static void lint_prefix(struct tacho__findings *out, const struct lint_name *name)
{
    char shown[84];
    bool process = strncmp(name->text, "process_", strlen("process_")) == 0;
    if (lint_stem(name) < 2)
        tacho__finding(out, "begins with no program's name; put yours in front, as in app_%s",
                       tacho__printable(shown, name->text));
    else if (process && !lint_is_process_metric(name->text))
        tacho__finding(out, "process_ is for what every process has; put the program's name in front");
    else if (strncmp(name->text, "scrape_", strlen("scrape_")) == 0)
        tacho__finding(out, "scrape_ is for what the scraper adds; put the program's name in front");
}

/* ---- Labels ------------------------------------------------------------------------------------------------ */

/* Whether it is written in camelCase; `snake`, of 84 bytes, gets it in snake_case. */
static bool lint_is_camel(const char *name, char *snake)
{
    bool camel = false;
    char text[84];
    size_t at = 0;
    for (size_t i = 0; name[i]; i++) {
        bool hump = i > 0 && lint_is_lower(name[i - 1]) && lint_is_upper(name[i]);
        camel = camel || hump;
        if (hump && at < sizeof text - 1) text[at++] = '_';
        if (at < sizeof text - 1) text[at++] = lint_is_upper(name[i]) ? (char)(name[i] - 'A' + 'a') : name[i];
    }
    text[at] = '\0';
    (void)tacho__printable(snake, text);
    return camel;
}

static void lint_camel(struct tacho__findings *out, const char *what, const char *name)
{
    char shown[84], snake[84];
    if (lint_is_camel(name, snake))
        tacho__finding(out, "%s'%s' is camelCase; call it %s", what, tacho__printable(shown, name), snake);
}

/* What a scraper calls its targets, or is told to. */
static bool lint_is_of_target(const char *label)
{
    static const char *const labels[] = { "cluster", "env", "environment", "zone", "region", "datacenter",
                                          "availability_zone" };
    for (size_t i = 0; i < TACHO_COUNT(labels); i++)
        if (strcmp(label, labels[i]) == 0) return true;
    return false;
}

/* `type` 0: the label is in families of all types. */
static void lint_label(struct tacho__findings *out, const char *what, const char *label, tacho_type type)
{
    bool histogram = type == TACHO_HISTOGRAM || type == TACHO_GAUGE_HISTOGRAM || type == TACHO_UNKNOWN;
    lint_camel(out, what, label);
    if (strcmp(label, "le") == 0 && !histogram)
        tacho__finding(out, "%s'le' is for the buckets of histograms; call it something else", what);
    if (strcmp(label, "quantile") == 0 && type != TACHO_SUMMARY && type != TACHO_UNKNOWN)
        tacho__finding(out, "%s'quantile' is for summaries; call it something else", what);
    if (strcmp(label, "job") == 0 || strcmp(label, "instance") == 0)
        tacho__finding(out, "%s'%s' is the scraper's, which turns yours into exported_%s; call it something else", what,
                       label, label);
    if (lint_is_of_target(label))
        tacho__finding(out, "%s'%s' repeats what the scraper says of its target; leave it out", what, label);
}

/* The name says by_LABEL or per_LABEL, which is not true any more of a sum over that label. */
static void lint_label_in_name(struct tacho__findings *out, const struct lint_name *name, const char *label)
{
    size_t len = strlen(label);
    for (size_t i = 1; i + 1 < name->count; i++) {
        const char *at = name->words[i + 1].text;
        char shown[84];
        if ((!lint_is(name, i, "by") && !lint_is(name, i, "per")) || strncmp(at, label, len) != 0) continue;
        if (at[len] == '\0' || !lint_is_letter(at[len]))
            tacho__finding(out, "its label '%s' tells that already; leave '%.*s%s' out of the name",
                           tacho__printable(shown, label), (int)name->words[i].len + 1, name->words[i].text, shown);
    }
}

static void lint_labels(struct tacho__findings *out, const struct lint_name *name, size_t common)
{
    const struct tacho__meta *meta = name->meta;
    const struct tacho__spelling *spelling = tacho__meta_spelling(meta, TACHO__UTF8);
    for (size_t i = common; i < meta->constant_count; i++)
        lint_label(out, "label ", tacho__meta_at(meta, tacho__meta_constant_names(meta, spelling)[i]), (tacho_type)meta->type);
    for (size_t i = 0; i < meta->label_count; i++) {
        char shown[84];
        const char *label = tacho__meta_at(meta, spelling->labels[i]);
        lint_label(out, "label ", label, (tacho_type)meta->type);
        lint_label_in_name(out, name, label);
        if (meta->totals >> i & 1)
            tacho__finding(out, "label '%s' has the value 'total' beside its parts, and sums count twice; leave it out",
                           tacho__printable(shown, label));
    }
}

size_t tacho__lint_constants(struct tacho__findings *out, const tacho_constant *constants)
{
    size_t count = 0;
    for (; constants && constants[count].name; count++)
        lint_label(out, "registry: label ", constants[count].name, (tacho_type)0);
    return count;
}

void tacho__lint_family(struct tacho__findings *out, const struct tacho__meta *meta, size_t common)
{
    static void (*const rules[])(struct tacho__findings *, const struct lint_name *) = {
        lint_help,       lint_letters,  lint_units,    lint_unit_place, lint_total,
        lint_suffixes,   lint_type_words, lint_meanings, lint_prefix,
    };
    struct lint_name name;
    if (meta->flags & TACHO_UNUSUAL_NAME) return;
    lint_name_read(&name, meta);
    out->family = name.text;
    for (size_t i = 0; i < TACHO_COUNT(rules); i++) rules[i](out, &name);
    lint_camel(out, "", name.text);
    lint_labels(out, &name, common);
}
