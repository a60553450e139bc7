/*
 * test_random_registries.c - 2,000 random registries through all formats: whatever the registry accepts, every page is valid,
 * the formats agree with each other, and nothing is written behind the length that was given: there a page ends that may not
 * be touched.
 * Needs: OPENMETRICS PROTOBUF JSON
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "support/page.h"
#include "support/proto.h"
#include "support/stress.h"
#include "support/valid.h"

enum { FAMILIES = 8, EMITTED = 4, LABELS = 3, TEXT = 300, STATES = 5, FORMATS = TACHO_CSV + 1 };

static uint64_t seed;

static uint32_t below(uint32_t n)
{
    return stress_random(&seed, n);
}

/* ---- Random texts and numbers -------------------------------------------------------------------------------------- */

static const char *const crumbs[] = { "a", "b", "Z", "_", "9", ".", "_total", "_info", "_sum", "dot", "\"", "\\", "\n", "\t", "\r",
                                      "\x01", " ", "{", "}", ",", "=", "#", ":", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                      "\xf4\x8f\xbf\xbf", "\xff", "\xed\xa0\x80", "\xe2\x82" };
enum { PLAIN_CRUMBS = 5, VALID_CRUMBS = 27 };

/* Something that tells this text from others, as a rule. */
static void mark_text(char *text, char mark)
{
    size_t len = strlen(text);
    if (below(16) == 0) return;
    text[len] = mark;
    text[len + 1] = '\0';
}

/* A text of crumbs: `kinds` of them from the front, at most `most`. */
static void random_text(char *out, size_t cap, uint32_t kinds, uint32_t most)
{
    size_t len = 0;
    for (uint32_t i = below(most + 1); i > 0; i--) {
        const char *crumb = crumbs[below(below(2) ? PLAIN_CRUMBS : kinds)];
        if (len + strlen(crumb) >= cap) break;
        memcpy(out + len, crumb, strlen(crumb));
        len += strlen(crumb);
    }
    out[len] = '\0';
}

static double random_number(void)
{
    static const double odd[] = { 0, -0.0, 1, -1, 0.1, 1e-7, 1e300, -1e300, 5e-324, 9007199254740993.0, INFINITY, -INFINITY, NAN };
    if (below(3) == 0) return odd[below(TACHO_COUNT(odd))];
    return ((double)below(2000) - 500) / (1 + below(16));
}

/* ---- Random families ------------------------------------------------------------------------------------------------ */

struct family {
    tacho_desc row;
    bool accepted;
    tacho_counter *counter;
    tacho_counter_vec *counters;
    tacho_gauge *gauge;
    tacho_gauge_vec *gauges;
    tacho_histogram *histogram;
    tacho_histogram_vec *histograms;
    tacho_summary *summary;
    tacho_summary_vec *summaries;
    tacho_stateset *stateset;
    tacho_stateset_vec *statesets;
    tacho_info_vec *infos;
    char name[TEXT], help[TEXT], unit[8], labels[LABELS][TEXT], states[STATES][TEXT], constants[2][2][TEXT];
    const char *state_list[STATES + 1];
    tacho_constant constant_list[3];
    double bounds[6], ranks[3];
};

static void name_family(struct family *self)
{
    static const char *const units[] = { "seconds", "bytes", "x_y" };
    const char *suffix = self->row.type == TACHO_COUNTER && !(self->row.flags & TACHO_KEEP_NAME) ? "_total"
                         : self->row.type == TACHO_INFO                                          ? "_info"
                                                                                                   : "";
    random_text(self->name, TEXT - 32, below(2) ? PLAIN_CRUMBS : VALID_CRUMBS, below(30) ? 5 : 120);
    mark_text(self->name, (char)('c' + below(22)));
    if (self->row.type != TACHO_INFO && self->row.type != TACHO_STATESET && below(3) == 0) {
        strcpy(self->unit, units[below(3)]);
        self->row.unit = self->unit;
        strcat(strcat(self->name, "_"), self->unit);
    }
    strcat(self->name, suffix);
    random_text(self->help, TEXT, VALID_CRUMBS, 20);
    if (!self->help[0]) strcpy(self->help, "h");
    self->row.name = self->name;
    self->row.help = self->help;
}

static void label_family(struct family *self)
{
    for (uint32_t i = below(LABELS + 1); i > 0; i--) {
        random_text(self->labels[i - 1], TEXT - 1, below(2) ? PLAIN_CRUMBS : VALID_CRUMBS, below(20) ? 3 : 60);
        mark_text(self->labels[i - 1], (char)('l' + i));
        self->row.labels[i - 1] = self->labels[i - 1];
    }
    for (uint32_t i = below(3); i > 0; i--) {
        random_text(self->constants[i - 1][0], TEXT - 1, below(2) ? PLAIN_CRUMBS : VALID_CRUMBS, 4);
        mark_text(self->constants[i - 1][0], (char)('u' + i));
        random_text(self->constants[i - 1][1], TEXT, VALID_CRUMBS, 6);
        self->constant_list[i - 1] = (tacho_constant){ self->constants[i - 1][0], self->constants[i - 1][1] };
        self->row.constants = self->constant_list;
    }
}

static void shape_family(struct family *self)
{
    tacho_desc *row = &self->row;
    if (row->type == TACHO_HISTOGRAM || row->type == TACHO_GAUGE_HISTOGRAM) {
        double bound = (double)below(20) - 10;
        row->bucket_count = below(6);
        for (size_t i = 0; i < row->bucket_count; i++) self->bounds[i] = bound += (1 + below(1000)) / 8.0;
        if (row->bucket_count) row->buckets = self->bounds;
        if (row->type == TACHO_HISTOGRAM && below(2)) row->native = (tacho_native){ 1 + (1 + below(9)) / 8.0, 0, below(40), 0, 0 };
        if (row->native.factor > 1 && !row->buckets && below(2)) row->flags |= TACHO_NATIVE_ONLY;
    } else if (row->type == TACHO_SUMMARY) {
        double rank = 0;
        row->quantile_count = below(4);
        for (size_t i = 0; i < row->quantile_count; i++) self->ranks[i] = rank += (1 + below(4)) / 16.0;
        if (row->quantile_count) {
            row->quantiles = self->ranks;
            row->window = (tacho_window){ 10, 1 };
        }
    } else if (row->type == TACHO_STATESET) {
        for (uint32_t i = 0, count = 1 + below(STATES); i < count; i++) {
            random_text(self->states[i], TEXT - 2, VALID_CRUMBS, 4);
            size_t len = strlen(self->states[i]);
            self->states[i][len] = (char)('0' + i); /* all different */
            self->states[i][len + 1] = '\0';
            self->state_list[i] = self->states[i];
        }
        row->states = self->state_list;
    }
}

static void random_family(struct family *self)
{
    *self = (struct family){ .row = { .type = (tacho_type)(TACHO_COUNTER + below(8)), .max_series = 1 + below(6) } };
    tacho_desc *row = &self->row;
    bool counter = row->type == TACHO_COUNTER, gauge = row->type == TACHO_GAUGE || row->type == TACHO_UNKNOWN;
    if (counter) row->flags |= below(2) * TACHO_REAL | (below(4) ? 0u : TACHO_KEEP_NAME);
    if (counter && !(row->flags & TACHO_REAL) && below(3) == 0) row->scale = 1e-3;
    if (gauge) row->flags |= (uint32_t[]){ 0, TACHO_UPDOWN, TACHO_MAXIMUM, TACHO_MINIMUM }[below(4)];
    if (counter || row->type == TACHO_HISTOGRAM) row->flags |= below(2) * TACHO_EXEMPLARS;
    if (counter || row->type == TACHO_HISTOGRAM || row->type == TACHO_SUMMARY) row->flags |= below(2) * TACHO_CREATED;
    row->flags |= below(2) * TACHO_SHARED;
    shape_family(self);
    name_family(self);
    label_family(self);
}

static void define_family(tacho_registry *reg, struct family *self)
{
    tacho_desc *row = &self->row;
    bool vec = row->labels[0] != NULL;
    switch (row->type) {
    case TACHO_COUNTER: if (vec) row->counter_vec = &self->counters; else row->counter = &self->counter; break;
    case TACHO_GAUGE:
    case TACHO_UNKNOWN: if (vec) row->gauge_vec = &self->gauges; else row->gauge = &self->gauge; break;
    case TACHO_HISTOGRAM:
    case TACHO_GAUGE_HISTOGRAM: if (vec) row->histogram_vec = &self->histograms; else row->histogram = &self->histogram; break;
    case TACHO_SUMMARY: if (vec) row->summary_vec = &self->summaries; else row->summary = &self->summary; break;
    case TACHO_STATESET: if (vec) row->stateset_vec = &self->statesets; else row->stateset = &self->stateset; break;
    default: if (vec) row->info = &self->infos;
    }
    self->accepted = tacho_registry_define(reg, row, 1) == TACHO_OK;
}

/* ---- Random updates --------------------------------------------------------------------------------------------------- */

/* Values for the labels of a family; they stay until the next call. */
static tacho_labels random_labels(const tacho_desc *row)
{
    static char texts[TACHO_MAX_LABELS][2000];
    static const char *values[TACHO_MAX_LABELS];
    size_t count = 0;
    for (; count < TACHO_MAX_LABELS && row->labels[count]; count++) {
        random_text(texts[count], sizeof texts[count], below(4) ? PLAIN_CRUMBS : (uint32_t)TACHO_COUNT(crumbs), below(40) ? 4 : 1500);
        values[count] = texts[count];
    }
    return (tacho_labels){ values, NULL, count };
}

static void update_family(const struct family *self)
{
    char value[3 * TEXT];
    const tacho_pair pair = { "trace_id", value };
    tacho_exemplar exemplar = { &pair, below(3) ? 1 : 0, below(2) ? 0 : below(2000000000) / 8.0 };
    tacho_labels labels = random_labels(&self->row);
    double number = random_number();
    random_text(value, sizeof value, (uint32_t)TACHO_COUNT(crumbs), below(2) ? 10 : 125);
    tacho_counter *counter = self->counters ? tacho_counter_at(self->counters, labels) : self->counter;
    tacho_gauge *gauge = self->gauges ? tacho_gauge_at(self->gauges, labels) : self->gauge;
    tacho_histogram *histogram = self->histograms ? tacho_histogram_at(self->histograms, labels) : self->histogram;
    tacho_summary *summary = self->summaries ? tacho_summary_at(self->summaries, labels) : self->summary;
    tacho_stateset *stateset = self->statesets ? tacho_stateset_at(self->statesets, labels) : self->stateset;
    if (self->row.flags & TACHO_REAL) tacho_counter_add_real_exemplar(counter, number, exemplar);
    else tacho_counter_add_exemplar(counter, below(10) ? below(1000) : UINT64_MAX / 3, exemplar);
    if (below(2)) tacho_gauge_set(gauge, number);
    else tacho_gauge_add(gauge, number);
    tacho_histogram_observe_exemplar(histogram, number, exemplar);
    if (below(4) == 0) tacho_histogram_unobserve(histogram, number);
    tacho_summary_observe(summary, number);
    tacho_stateset_turn(stateset, below(STATES + 1), (int)below(2));
    if (self->infos) tacho_info_set(self->infos, labels);
}

/* ---- A random collector ------------------------------------------------------------------------------------------------- */

static struct family emitted[EMITTED];
static tacho_desc emitted_rows[EMITTED];

static void emit_sample(tacho_emitter *out, const tacho_desc *row)
{
    uint64_t counts[12] = { 0 };
    double quantiles[3], number = random_number();
    tacho_labels labels = random_labels(row);
    for (int i = 0; i < 12; i++) counts[i] = below(100);
    for (int i = 0; i < 3; i++) quantiles[i] = random_number();
    switch (row->type) {
    case TACHO_COUNTER: tacho_emit_double(out, labels, isfinite(number) ? fabs(number) : 0); break;
    case TACHO_INFO: tacho_emit_info(out, labels); break;
    case TACHO_STATESET: tacho_emit_states(out, labels, below(2)); break;
    case TACHO_SUMMARY: tacho_emit_summary(out, labels, below(1000), number == number ? number : 0, quantiles); break;
    case TACHO_HISTOGRAM:
    case TACHO_GAUGE_HISTOGRAM: tacho_emit_histogram(out, labels, counts, number == number ? number : 0); break;
    default: tacho_emit_double(out, labels, number);
    }
}

static uint64_t emit_seed; /* so that each run emits the same */

static tacho_err emit_random(tacho_collector *self, tacho_emitter *out)
{
    uint64_t outer = seed;
    (void)self;
    seed = emit_seed;
    for (size_t i = 0; i < EMITTED; i++) {
        if (below(8) == 0) continue;
        tacho_emit_family(out, &emitted_rows[i]);
        for (uint32_t k = below(4); k > 0; k--) emit_sample(out, &emitted_rows[i]);
    }
    seed = outer;
    return TACHO_OK;
}

static const tacho_collector_ops emit_ops = { .name = "random", .descs = emitted_rows, .desc_count = EMITTED, .collect = emit_random };
static tacho_collector emit_collector = { &emit_ops };

/* ---- Pages ---------------------------------------------------------------------------------------------------------------- */

static struct {
    char *end; /* behind it nothing may be touched */
    size_t cap;
} guard;

/* Through buffers of random sizes that end where the forbidden page begins. */
static struct page take_guarded(tacho_registry *reg, tacho_scrape_options options)
{
    struct page page = { malloc(guard.cap), 0, TACHO_OK };
    tacho_scrape *scrape = tacho_scrape_open(reg, &options);
    assert_non_null(page.data);
    assert_non_null(scrape);
    uint32_t most = (uint32_t[]){ 8, 100, 5000, 100000 }[below(4)];
    for (size_t len = 1; len > 0; page.len += len) {
        size_t room = 1 + below(most);
        len = tacho_scrape_read(scrape, guard.end - room, room);
        assert_true(len <= room && page.len + len < guard.cap);
        memcpy(page.data + page.len, guard.end - room, len);
    }
    page.data[page.len] = '\0';
    page.err = tacho_scrape_error(scrape);
    tacho_scrape_free(scrape);
    return page;
}

/* The next line of a text that is a sample; `*rest` goes behind it. */
static bool next_sample(const char **rest, const char **line, size_t *name_len, double *value)
{
    while (**rest == '#') *rest = strchr(*rest, '\n') + 1;
    if (!**rest) return false;
    const char *end = strchr(*rest, '\n'), *blank = end;
    while (*blank != ' ') blank--;
    *line = *rest;
    *name_len = (size_t)(blank - *rest);
    *value = strtod(blank + 1, NULL);
    *rest = end + 1;
    return true;
}

/* Samples alike in both, numbers as numbers: protobuf has doubles, and native histograms have sums of their own there. */
static void check_same_samples(const char *a, const char *b)
{
    const char *lines[2];
    size_t lens[2];
    double values[2];
    for (;;) {
        bool more = next_sample(&a, &lines[0], &lens[0], &values[0]);
        if (next_sample(&b, &lines[1], &lens[1], &values[1]) != more) fail_msg("one has more samples: %.200s", more ? lines[0] : a);
        if (!more) return;
        bool same = lens[0] == lens[1] && memcmp(lines[0], lines[1], lens[0]) == 0;
        bool close = values[0] == values[1] || (values[0] != values[0] && values[1] != values[1]) ||
                     fabs(values[0] - values[1]) <= 1e-9 * fabs(values[0]);
        if (!same || !close) fail_msg("`%.200s` is `%.200s`", lines[0], lines[1]);
    }
}

static void check_registry(tacho_registry *reg, tacho_escaping escaping, bool natives)
{
    struct page pages[FORMATS];
    for (int format = 0; format < FORMATS; format++) {
        char why[500] = "";
        tacho_scrape_options options = PAGE_AS((tacho_format)format, escaping);
        struct page whole = page_take(reg, options, 0);
        pages[format] = take_guarded(reg, options);
        if (pages[format].err || pages[format].len != whole.len || memcmp(pages[format].data, whole.data, whole.len) != 0)
            fail_msg("format %d: error %d, or other bytes in pieces than as a whole", format, (int)pages[format].err);
        if (!valid_page(whole.data, whole.len, (tacho_format)format, escaping, why, sizeof why))
            fail_msg("format %d, scheme %d: %s", format, (int)escaping, why);
        page_free(&whole);
    }
    char *csv = valid_csv_lines(pages[TACHO_CSV].data, pages[TACHO_CSV].len);
    check_same_samples(pages[TACHO_TEXT_1].data, csv);
    free(csv);
    char *proto = proto_lines(pages[TACHO_PROTOBUF].data, pages[TACHO_PROTOBUF].len);
    if (!natives) check_same_samples(pages[TACHO_TEXT_1].data, proto);
    free(proto);
    for (int format = 0; format < FORMATS; format++) page_free(&pages[format]);
}

static double at_noon(tacho_clock *clock)
{
    (void)clock;
    return 1700000000.5;
}

static void whatever_a_registry_accepts_is_valid_in_every_format(void **state)
{
    static struct family families[FAMILIES];
    tacho_clock clock = { at_noon };
    size_t accepted = 0, refused = 0, plugged = 0;
    (void)state;
    seed = stress_seed();
    for (int round = 0; round < 2000; round++) {
        tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){
            .byte_budget = 1 << 20, .utf8_names = 1, .no_self_metrics = 1, .created = below(2), .clock = &clock });
        bool natives = false;
        assert_non_null(reg);
        for (size_t i = 0; i < EMITTED; i++) {
            random_family(&emitted[i]);
            emitted_rows[i] = emitted[i].row;
        }
        emit_seed = seed;
        if (tacho_registry_add(reg, &emit_collector) == TACHO_OK) plugged++;
        for (uint32_t i = 0, count = below(FAMILIES + 1); i < count; i++) {
            random_family(&families[i]);
            define_family(reg, &families[i]);
            *(families[i].accepted ? &accepted : &refused) += 1;
            if (!families[i].accepted) continue;
            natives |= families[i].row.native.factor != 0;
            for (uint32_t k = below(12); k > 0; k--) update_family(&families[i]);
        }
        check_registry(reg, (tacho_escaping)below(4), natives);
        tacho_registry_free(reg);
    }
    print_message("%zu families accepted, %zu refused, %zu collectors plugged in\n", accepted, refused, plugged);
    assert_true(accepted > 2000 && refused > 200 && plugged > 200);
}

static int map_guard(void **state)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    (void)state;
    guard.cap = (size_t)1 << 22;
    char *memory = mmap(NULL, guard.cap + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return -1;
    guard.end = memory + guard.cap;
    return mprotect(guard.end, page, PROT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(whatever_a_registry_accepts_is_valid_in_every_format) };
    return cmocka_run_group_tests(tests, map_guard, NULL);
}
