/*
 * valid_lines.c - a strict reader of lines: the text formats and OpenMetrics, names in quotes included.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spell.h"
#include "utf8.h"
#include "valid.h"

struct part {
    const char *at;
    size_t len;
};

enum { LABELS = 64 };

struct lines {
    tacho_escaping escaping;
    bool om;
    struct part line;
    size_t number;
    char *why;
    size_t why_cap;
    /* The family at hand */
    struct part title, unit; /* the title without its quotes, as it is escaped */
    const char *type;        /* NULL: there is none yet */
    bool help, samples;
    size_t families;
    struct part labels[LABELS]; /* names of its samples, but the format's own */
    size_t label_count;
    /* The buckets at hand */
    struct part base;
    double bound;
    unsigned long long count;
    bool in_buckets, infinite;
    struct part *titles, *series; /* all there were, and those of the family at hand: hash tables */
    size_t cap;                   /* of each, a power of two, more than there are lines */
};

static bool lines_fail(struct lines *self, const char *reason)
{
    (void)snprintf(self->why, self->why_cap, "line %zu: %s: %.*s", self->number, reason,
                   (int)(self->line.len < 300 ? self->line.len : 300), self->line.at);
    return false;
}

static bool part_is(struct part part, const char *text)
{
    return part.len == strlen(text) && memcmp(part.at, text, part.len) == 0;
}

static bool part_same(struct part a, struct part b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static bool part_begins(struct part part, const char *text)
{
    return part.len >= strlen(text) && memcmp(part.at, text, strlen(text)) == 0;
}

static bool part_skip(struct part *part, const char *text)
{
    if (!part_begins(*part, text)) return false;
    part->at += strlen(text);
    part->len -= strlen(text);
    return true;
}

/* False: it is there already. */
static bool table_add(struct part *table, size_t cap, struct part key)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < key.len; i++) hash = (hash ^ (unsigned char)key.at[i]) * 16777619u;
    size_t place = hash & (cap - 1);
    for (; table[place].at; place = (place + 1) & (cap - 1))
        if (part_same(table[place], key)) return false;
    table[place] = key;
    return true;
}

/* ---- Tokens ------------------------------------------------------------------------------------------------ */

/* Up to the quote that ends it, which is taken too; escapes are \\ \n \". */
static bool take_quoted(struct part *rest, struct part *out)
{
    out->at = rest->at;
    for (size_t i = 0; i < rest->len; i++) {
        if (rest->at[i] == '"') {
            out->len = i;
            rest->at += i + 1;
            rest->len -= i + 1;
            return true;
        }
        if (rest->at[i] == '\\' && (++i == rest->len || !memchr("\\n\"", rest->at[i], 3))) return false;
    }
    return false;
}

/* What the escaped text stands for is a plain name: without any escape in it. */
static bool is_plain(struct part name, enum tacho__name_kind kind)
{
    return tacho__name_is_plain(name.at, name.len, kind);
}

static bool take_name(struct lines *self, struct part *rest, struct part *name, enum tacho__name_kind kind, bool *quoted)
{
    *quoted = part_skip(rest, "\"");
    if (*quoted) {
        if (self->escaping != TACHO_ALLOW_UTF8) return lines_fail(self, "a name in quotes, though names are escaped");
        if (!take_quoted(rest, name)) return lines_fail(self, "a name's quotes do not end");
        return !is_plain(*name, kind) ? true : lines_fail(self, "a plain name in quotes");
    }
    name->at = rest->at;
    name->len = 0;
    while (name->len < rest->len && is_plain((struct part){ name->at, name->len + 1 }, kind)) name->len++;
    rest->at += name->len;
    rest->len -= name->len;
    return name->len ? true : lines_fail(self, "no name");
}

static size_t digits(struct part *rest)
{
    size_t count = 0;
    for (; rest->len > 0 && rest->at[0] >= '0' && rest->at[0] <= '9'; rest->at++, rest->len--) count++;
    return count;
}

static bool take_number(struct lines *self, struct part *rest, double *out)
{
    struct part begin = *rest;
    *out = strtod(rest->at, NULL); /* the page ends in NUL */
    if (part_skip(rest, "NaN") || part_skip(rest, "+Inf") || part_skip(rest, "-Inf")) return true;
    (void)part_skip(rest, "-");
    bool zero = part_begins(*rest, "0");
    size_t whole = digits(rest);
    bool ok = whole > 0 && !(zero && whole > 1);
    if (part_skip(rest, ".")) ok = ok && digits(rest) > 0;
    if (part_skip(rest, "e")) ok = ok && (part_skip(rest, "+") || part_skip(rest, "-")) && digits(rest) > 1;
    return ok && rest->at > begin.at ? true : lines_fail(self, "no number");
}

/* ---- Metadata ------------------------------------------------------------------------------------------------ */

static const char *const om_types[] = { "unknown", "gauge", "counter", "stateset", "info", "histogram", "gaugehistogram",
                                        "summary" };
static const char *const text_types[] = { "counter", "gauge", "histogram", "summary", "untyped" };

static bool take_title(struct lines *self, struct part *rest, bool first)
{
    struct part title;
    bool quoted;
    if (!take_name(self, rest, &title, TACHO__NAME_FAMILY, &quoted)) return false;
    if (!part_skip(rest, " ")) return lines_fail(self, "no blank behind the name");
    if (!first) return part_same(title, self->title) ? true : lines_fail(self, "metadata of another family");
    if (self->in_buckets) return lines_fail(self, "the histogram before has no infinite bucket");
    if (self->families && (!self->type || !self->help)) return lines_fail(self, "the family before has no type or help");
    if (!table_add(self->titles, self->cap, title)) return lines_fail(self, "this family was there already");
    self->title = title;
    self->families++;
    self->type = NULL;
    self->help = self->samples = false;
    self->unit = (struct part){ NULL, 0 };
    self->label_count = SIZE_MAX;
    memset(self->series, 0, self->cap * sizeof *self->series);
    return true;
}

static bool take_help(struct lines *self, struct part rest)
{
    if (!take_title(self, &rest, !self->om) || self->help) return self->help ? lines_fail(self, "HELP twice") : false;
    if (self->om && (!self->type || self->samples)) return lines_fail(self, "HELP in a wrong place");
    for (size_t i = 0; i < rest.len; i++) {
        if (self->om && rest.at[i] == '"') return lines_fail(self, "a quote that is not escaped");
        if (rest.at[i] == '\\' && (++i == rest.len || !memchr(self->om ? "\\n\"" : "\\n", rest.at[i], self->om ? 3 : 2)))
            return lines_fail(self, "an unknown escape");
    }
    self->help = true;
    return rest.len ? true : lines_fail(self, "an empty help");
}

static bool take_type(struct lines *self, struct part rest)
{
    const char *const *types = self->om ? om_types : text_types;
    size_t count = self->om ? TACHO_COUNT(om_types) : TACHO_COUNT(text_types);
    if (!take_title(self, &rest, self->om)) return false;
    if (self->type || self->samples) return lines_fail(self, "TYPE in a wrong place");
    for (size_t i = 0; i < count; i++)
        if (part_is(rest, types[i])) self->type = types[i];
    return self->type ? true : lines_fail(self, "unknown type");
}

static bool take_unit(struct lines *self, struct part rest)
{
    if (!take_title(self, &rest, false) || !self->om || self->help || self->unit.at) return lines_fail(self, "UNIT in a wrong place");
    self->unit = rest;
    bool suffix = self->title.len > rest.len + 1 && self->title.at[self->title.len - rest.len - 1] == '_' &&
                  memcmp(self->title.at + self->title.len - rest.len, rest.at, rest.len) == 0;
    return suffix && rest.len ? true : lines_fail(self, "the unit is no suffix of the name");
}

/* ---- Samples ------------------------------------------------------------------------------------------------- */

/* Labels up to the brace; the names of those before the format's own go to `names`. `own` gets the value of that one. */
static bool take_labels(struct lines *self, struct part *rest, const char *own_name, struct part *names, size_t *count,
                        struct part *base, struct part *own)
{
    *base = (struct part){ rest->at, 0 };
    for (;;) {
        struct part name, value;
        bool quoted;
        if (!take_name(self, rest, &name, TACHO__NAME_LABEL, &quoted)) return false;
        if (!part_skip(rest, "=\"") || !take_quoted(rest, &value)) return lines_fail(self, "no value of a label");
        if (own->at) return lines_fail(self, "a label behind the format's own");
        if (part_begins(name, "__name__")) return lines_fail(self, "a label is called __name__");
        for (size_t i = 0; i < *count; i++)
            if (part_same(names[i], name)) return lines_fail(self, "a label twice");
        if (own_name && part_is(name, own_name)) {
            *own = value;
        } else {
            if (*count == LABELS) return lines_fail(self, "too many labels");
            names[(*count)++] = name;
            base->len = (size_t)(rest->at - base->at);
        }
        if (part_skip(rest, "}")) return true;
        if (!part_skip(rest, ",")) return lines_fail(self, "labels do not end");
    }
}

static bool check_bucket(struct lines *self, struct part base, struct part le, double value)
{
    bool infinite = part_is(le, "+Inf");
    double bound = infinite ? 0 : strtod(le.at, NULL);
    unsigned long long count = (unsigned long long)value;
    if (!le.at) return lines_fail(self, "a bucket without le");
    if (!infinite && !memchr(le.at, '.', le.len) && !memchr(le.at, 'e', le.len)) return lines_fail(self, "le is not canonical");
    if (self->in_buckets && !part_same(self->base, base)) return lines_fail(self, "buckets of another series");
    if (self->in_buckets && ((!infinite && !(bound > self->bound)) || count < self->count))
        return lines_fail(self, "buckets do not rise");
    self->base = base;
    self->bound = bound;
    self->count = count;
    self->in_buckets = !infinite;
    self->infinite = infinite;
    return true;
}

/* Values that OpenMetrics forbids, and counts that are not the infinite bucket's. */
static bool check_value(struct lines *self, const char *suffix, struct part base, struct part own, double value)
{
    bool histogram = strcmp(self->type, "histogram") == 0 || strcmp(self->type, "gaugehistogram") == 0;
    if (strcmp(suffix, "_bucket") == 0) return check_bucket(self, base, own, value);
    if (self->in_buckets) return lines_fail(self, "no infinite bucket before this");
    bool counts = strcmp(suffix, "_count") == 0 || strcmp(suffix, "_gcount") == 0;
    if (histogram && !part_same(self->base, base)) return lines_fail(self, "not the labels of the buckets before it");
    if (histogram && counts && (unsigned long long)value != self->count) return lines_fail(self, "the count is not the bucket's");
    if (!self->om) return true;
    if (strcmp(suffix, "_total") == 0 && !(value >= 0)) return lines_fail(self, "a counter below 0, or NaN");
    if (strcmp(suffix, "_sum") == 0 && !(value >= 0)) return lines_fail(self, "a sum below 0, or NaN");
    if (strcmp(suffix, "_gsum") == 0 && value != value) return lines_fail(self, "a sum is NaN");
    if (strcmp(self->type, "summary") == 0 && own.at && value < 0) return lines_fail(self, "a quantile below 0");
    if (strcmp(self->type, "info") == 0 && !(value > 0 && value < 2)) return lines_fail(self, "an info is not 1");
    return true;
}

/* The suffix that a name of the family at hand has; NULL: it is none. */
static const char *suffix_of(const struct lines *self, struct part name)
{
    static const struct { const char *type, *om, *text; } rows[] = {
        { "counter", "_total _created", "." }, { "gauge", ".", "." }, { "unknown", ".", NULL }, { "untyped", NULL, "." },
        { "stateset", ".", NULL }, { "info", "_info", NULL }, { "summary", ". _count _sum _created", ". _sum _count" },
        { "histogram", "_bucket _count _sum _created", "_bucket _sum _count" },
        { "gaugehistogram", "_bucket _gcount _gsum", NULL },
    };
    static const char *const all[] = { "", "_total", "_created", "_info", "_bucket", "_count", "_sum", "_gcount", "_gsum" };
    const char *allowed = NULL;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++)
        if (strcmp(rows[i].type, self->type) == 0) allowed = self->om ? rows[i].om : rows[i].text;
    if (!allowed || name.len < self->title.len || memcmp(name.at, self->title.at, self->title.len) != 0) return NULL;
    struct part tail = { name.at + self->title.len, name.len - self->title.len };
    for (size_t i = 0; i < TACHO_COUNT(all); i++) {
        const char *word = i ? all[i] : ".", *at = strstr(allowed, word);
        size_t len = strlen(word);
        if (part_is(tail, all[i]) && at && (at[len] == ' ' || !at[len])) return all[i];
    }
    return NULL;
}

static bool take_exemplar(struct lines *self, struct part *rest, const char *suffix)
{
    struct part names[LABELS], base, own = { NULL, 0 };
    size_t count = 0;
    double value;
    if (!self->om || (strcmp(suffix, "_total") != 0 && strcmp(suffix, "_bucket") != 0))
        return lines_fail(self, "an exemplar where none may be");
    if (!part_skip(rest, "}") && !take_labels(self, rest, NULL, names, &count, &base, &own)) return false;
    if (!part_skip(rest, " ")) return lines_fail(self, "no blank before an exemplar's value");
    if (!take_number(self, rest, &value)) return false;
    return !part_skip(rest, " ") || take_number(self, rest, &value);
}

static bool take_sample(struct lines *self, struct part rest)
{
    struct part name, names[LABELS], base = { NULL, 0 }, own = { NULL, 0 }, series = rest;
    bool quoted, braces = part_skip(&rest, "{");
    size_t count = 0;
    double value;
    if (!self->type || !self->help) return lines_fail(self, "a sample before TYPE and HELP");
    if (!take_name(self, &rest, &name, TACHO__NAME_FAMILY, &quoted)) return false;
    if (quoted != braces) return lines_fail(self, "a name in quotes belongs into the braces");
    const char *suffix = suffix_of(self, name);
    if (!suffix) return lines_fail(self, "not a name of its family");
    const char *own_name = strcmp(suffix, "_bucket") == 0 ? "le" : strcmp(self->type, "summary") == 0 && !*suffix ? "quantile" : NULL;
    bool labelled = quoted ? part_skip(&rest, ",") : part_skip(&rest, "{");
    if (labelled && !take_labels(self, &rest, own_name, names, &count, &base, &own)) return false;
    if (quoted && !labelled && !part_skip(&rest, "}")) return lines_fail(self, "the brace is not closed");
    series.len = (size_t)(rest.at - series.at);
    if (!table_add(self->series, self->cap, series)) return lines_fail(self, "the series was there already");
    if (self->label_count == SIZE_MAX) memcpy(self->labels, names, sizeof names);
    if (self->label_count == SIZE_MAX) self->label_count = count;
    bool same = count == self->label_count;
    for (size_t i = 0; same && i < count; i++) same = part_same(names[i], self->labels[i]);
    if (!same) return lines_fail(self, "other labels than the sample before");
    if (!part_skip(&rest, " ")) return lines_fail(self, "no blank before the number");
    if (!take_number(self, &rest, &value) || !check_value(self, suffix, base, own, value)) return false;
    if (part_skip(&rest, " # {") && !take_exemplar(self, &rest, suffix)) return false;
    self->samples = true;
    return rest.len == 0 ? true : lines_fail(self, "more behind the number");
}

static bool lines_take(struct lines *self)
{
    struct part rest = self->line;
    if (part_skip(&rest, "# HELP ")) return take_help(self, rest);
    if (part_skip(&rest, "# TYPE ")) return take_type(self, rest);
    if (part_skip(&rest, "# UNIT ")) return take_unit(self, rest);
    return take_sample(self, rest);
}

static bool lines_run(struct lines *self, const char *page, size_t len)
{
    bool ended = false;
    if (tacho__utf8_valid(page, len) != len) return lines_fail(self, "not UTF-8");
    for (size_t at = 0; at < len;) {
        const char *end = memchr(page + at, '\n', len - at);
        self->number++;
        self->line = (struct part){ page + at, end ? (size_t)(end - page) - at : len - at };
        if (!end) return lines_fail(self, "no LF at the end");
        if (ended) return lines_fail(self, "something behind # EOF");
        at += self->line.len + 1;
        ended = self->om && part_is(self->line, "# EOF");
        if (!ended && !lines_take(self)) return false;
    }
    if (self->in_buckets || (self->families && (!self->type || !self->help))) return lines_fail(self, "the last family is not whole");
    return ended == self->om ? true : lines_fail(self, "no # EOF");
}

bool valid_lines(const char *page, size_t len, tacho_format format, tacho_escaping escaping, char *why, size_t why_cap)
{
    struct lines self = { .escaping = escaping, .om = format == TACHO_OPENMETRICS, .why = why, .why_cap = why_cap, .cap = 16 };
    for (size_t i = 0, lines = 1; i < len; i++) {
        lines += page[i] == '\n';
        while (self.cap < 2 * lines) self.cap *= 2;
    }
    self.titles = calloc(self.cap, sizeof *self.titles);
    self.series = calloc(self.cap, sizeof *self.series);
    bool ok = self.titles && self.series && lines_run(&self, page, len);
    free(self.titles);
    free(self.series);
    return ok;
}
