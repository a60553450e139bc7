/*
 * test_scrape_labels.c - labels that one scrape shows on every sample: in each format and scheme the page is the one without them,
 * and they are on each sample once; names that a family has already are its own; and what is refused.
 * Needs: OPENMETRICS PROTOBUF JSON
 */
#define _GNU_SOURCE /* memmem */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "alloc.h"
#include "support/ark.h"
#include "support/page.h"
#include "support/proto.h"
#include "support/stress.h"
#include "support/valid.h"

enum { FORMATS = TACHO_CSV + 1, SCHEMES = TACHO_ALLOW_UTF8 + 1, MOST = 16 };

#define CONSTANTS(...) ((const tacho_constant[]){ __VA_ARGS__, { NULL, NULL } })
#define OPTIONS(as_format, as_escaping, with)                                                                         \
    ((tacho_scrape_options){ .format = (tacho_format)(as_format), .escaping = (tacho_escaping)(as_escaping), .constants = (with) })

/* ---- A page without its labels ------------------------------------------------------------------------------ */

/* Take each occurrence out, with what else stands in `with` beside it; returns how many there were. */
static size_t take_out(char *page, size_t *len, const char *what, const char *with)
{
    size_t count = 0, size = strlen(what), left = strlen(with);
    for (char *at = page; (at = memmem(at, *len - (size_t)(at - page), what, size)) != NULL; count++) {
        memcpy(at, with, left);
        memmove(at + left, at + size, *len - (size_t)(at - page) - size + 1);
        *len -= size - left;
    }
    return count;
}

/* The same for labels written as `text`, which stand before all others, and between `open` and `close` if they are the only
 * ones: `alone` is what stands there without them. */
static size_t undress(char *page, size_t *len, const char *text, const char *open, const char *close, const char *alone)
{
    size_t cap = strlen(text) + 8;
    char *what = malloc(cap);
    assert_non_null(what);
    (void)snprintf(what, cap, "%s,", text);
    size_t count = take_out(page, len, what, "");
    (void)snprintf(what, cap, "%s%s%s", open, text, close);
    count += take_out(page, len, what, alone);
    (void)snprintf(what, cap, ",%s", text);
    count += take_out(page, len, what, "");
    free(what);
    return count;
}

/* Two labels, hostile ones, as each format writes them. */
static const tacho_constant hostile[] = { { "tenant.id", "a \"b\"\\\n{x=\"y\"},\xc3\xa9" }, { "zz_site", "" }, { NULL, NULL } };
static const char *const hostile_lines[SCHEMES] = {
    "tenant_id=\"a \\\"b\\\"\\\\\\n{x=\\\"y\\\"},\xc3\xa9\",zz_site=\"\"",
    "tenant_dot_id=\"a \\\"b\\\"\\\\\\n{x=\\\"y\\\"},\xc3\xa9\",zz_site=\"\"",
    "U__tenant_2e_id=\"a \\\"b\\\"\\\\\\n{x=\\\"y\\\"},\xc3\xa9\",zz_site=\"\"",
    "\"tenant.id\"=\"a \\\"b\\\"\\\\\\n{x=\\\"y\\\"},\xc3\xa9\",zz_site=\"\"",
};
static const char *const hostile_names[SCHEMES] = { "tenant_id", "tenant_dot_id", "U__tenant_2e_id", "tenant.id" };
static const char hostile_value[] = "a \\\"b\\\"\\\\\\n{x=\\\"y\\\"},\xc3\xa9"; /* in JSON too */

/* As a field of CSV has them: each quote twice. */
static void double_quotes(char *out, const char *text)
{
    for (; *text; *out++ = *text++)
        if (*text == '"') *out++ = '"';
    *out = '\0';
}

static size_t undress_hostile(struct page *page, tacho_format format, int scheme)
{
    char text[400];
    switch (format) {
    case TACHO_JSON:
        (void)snprintf(text, sizeof text, "\"%s\":\"%s\",\"zz_site\":\"\"", hostile_names[scheme], hostile_value);
        return undress(page->data, &page->len, text, "{", "}", "{}");
    case TACHO_CSV:
        double_quotes(text, hostile_lines[scheme]);
        return undress(page->data, &page->len, text, "\"", "\"", "\"\"");
    default: return undress(page->data, &page->len, hostile_lines[scheme], "{", "}", "");
    }
}

static size_t count_of(const char *page, const char *what)
{
    size_t count = 0;
    for (const char *at = page; (at = strstr(at, what)) != NULL; at++) count++;
    return count;
}

static size_t sample_lines(const char *page)
{
    size_t lines = 0;
    for (const char *at = page; *at; at = strchr(at, '\n') + 1) lines += *at != '#';
    return lines;
}

/* How many sets of labels belong to samples, and not to exemplars. */
static size_t json_samples(const char *page)
{
    size_t count = 0;
    for (const char *at = page; (at = strstr(at, "{\"labels\":{")) != NULL; at++) {
        const char *list = strstr(page, "\"exemplars\":["), *end = NULL;
        for (; list && list < at; list = strstr(end, "\"exemplars\":[")) end = strchr(list, ']');
        bool of_one = strncmp(at - strlen("\"exemplar\":"), "\"exemplar\":", strlen("\"exemplar\":")) == 0;
        count += !of_one && !(end && at < end);
    }
    return count;
}

static void check_valid(const struct page *page, int format, int scheme)
{
    char why[400] = "";
    assert_int_equal(page->err, TACHO_OK);
    if (!valid_page(page->data, page->len, (tacho_format)format, (tacho_escaping)scheme, why, sizeof why))
        fail_msg("format %d, scheme %d: %s", format, scheme, why);
}

static void check_pages_but_protobuf(tacho_registry *reg, int format, int scheme)
{
    struct page plain = page_take(reg, OPTIONS(format, scheme, NULL), 0);
    struct page page = page_take(reg, OPTIONS(format, scheme, hostile), 0);
    check_valid(&page, format, scheme);
    size_t labels = undress_hostile(&page, (tacho_format)format, scheme);
    if (page.len != plain.len || memcmp(page.data, plain.data, plain.len) != 0)
        fail_msg("format %d, scheme %d, without labels:\n%s\nis not\n%s", format, scheme, page.data, plain.data);
    if (format == TACHO_CSV) {
        char *lines = valid_csv_lines(plain.data, plain.len);
        assert_int_equal(labels, sample_lines(lines));
        free(lines);
    } else if (format != TACHO_JSON) {
        assert_int_equal(labels, sample_lines(plain.data));
    } else {
        assert_int_equal(labels, json_samples(plain.data));
    }
    page_free(&page);
    page_free(&plain);
}

static void every_sample_has_them_in_every_format_and_nothing_else_changes(void **state)
{
    (void)state;
    for (int counted = 0; counted < 2; counted++) {
        tacho_registry *reg = ark_open();
        if (counted) ark_count();
        for (int format = 0; format < FORMATS; format++)
            for (int scheme = 0; scheme < SCHEMES; scheme++)
                if (format != TACHO_PROTOBUF) check_pages_but_protobuf(reg, format, scheme);
        tacho_registry_free(reg);
    }
}

static void protobuf_has_them_on_each_metric_and_its_lengths_are_right(void **state)
{
    tacho_registry *reg = ark_open();
    (void)state;
    ark_count();
    for (int scheme = 0; scheme < SCHEMES; scheme++) {
        char why[400] = "", labels[300];
        struct page plain = page_take(reg, OPTIONS(TACHO_PROTOBUF, scheme, NULL), 0);
        struct page page = page_take(reg, OPTIONS(TACHO_PROTOBUF, scheme, CONSTANTS({ hostile[0].name, "a" }, { "zz_site", "" })), 0);
        char *want = proto_print(plain.data, plain.len, why, sizeof why), *found = proto_print(page.data, page.len, why, sizeof why);
        if (!want || !found) fail_msg("scheme %d: %s", scheme, why);
        size_t len = strlen(found), metrics = count_of(want, "metric {\n");
        (void)snprintf(labels, sizeof labels,
                       "  label {\n    name: \"%s\"\n    value: \"a\"\n  }\n  label {\n    name: \"zz_site\"\n    value: \"\"\n  }\n",
                       hostile_names[scheme]);
        size_t count = take_out(found, &len, labels, "");
        assert_int_equal(count, metrics);
        assert_string_equal(found, want);
        free(want);
        free(found);
        page_free(&page);
        page_free(&plain);
    }
    tacho_registry_free(reg);
}

static void the_size_of_the_buffer_makes_no_difference(void **state)
{
    static const size_t chunks[] = { 1, 7, 64, 1000, 8192, 100000 };
    tacho_registry *reg = ark_open();
    (void)state;
    ark_count();
    for (int format = 0; format < FORMATS; format++) {
        struct page want = page_take(reg, OPTIONS(format, TACHO_DOTS, hostile), 0);
        for (size_t i = 0; i < TACHO_COUNT(chunks); i++) {
            struct page page = page_take(reg, OPTIONS(format, TACHO_DOTS, hostile), chunks[i]);
            assert_int_equal(page.len, want.len);
            assert_memory_equal(page.data, want.data, want.len);
            page_free(&page);
        }
        page_free(&want);
    }
    tacho_registry_free(reg);
}

/* ---- A small registry, byte for byte ------------------------------------------------------------------------ */

static tacho_gauge *level;
static tacho_counter_vec *jobs;
static const tacho_desc small_rows[] = {
    { .gauge = &level, .name = "l", .help = "H" },
    { .counter_vec = &jobs, .name = "j_total", .help = "H", .labels = { "q" }, .constants = CONSTANTS({ "c", "d" }) },
};

static void the_bytes_of_a_small_page_are_these(void **state)
{
    static const tacho_constant tenant[] = { { "tenant", "a\"" }, { NULL, NULL } };
    static const unsigned char proto[] = {
        0x22, 0x0a, 1, 'l', 0x12, 1, 'H', 0x18, 1,
        0x22, 0x18, 0x0a, 0x0b, 0x0a, 6, 't', 'e', 'n', 'a', 'n', 't', 0x12, 1, 'a',
        0x12, 9, 9, 0, 0, 0, 0, 0, 0, 0x08, 0x40 };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    (void)state;
    assert_int_equal(tacho_registry_define(reg, small_rows, 1), TACHO_OK);
    tacho_gauge_set(level, 3);
    struct page page = page_take(reg, OPTIONS(TACHO_PROTOBUF, TACHO_UNDERSCORES, CONSTANTS({ "tenant", "a" })), 0);
    assert_int_equal(page.len, sizeof proto);
    assert_memory_equal(page.data, proto, sizeof proto);
    page_free(&page);
    assert_int_equal(TACHO_DEFINE(reg, small_rows), TACHO_OK);
    tacho_counter_add_at(jobs, TACHO_LABELS("x"), 2);
    assert_page(reg, OPTIONS(TACHO_TEXT, TACHO_UNDERSCORES, tenant),
                "# HELP l H\n# TYPE l gauge\nl{tenant=\"a\\\"\"} 3\n"
                "# HELP j_total H\n# TYPE j_total counter\nj_total{tenant=\"a\\\"\",c=\"d\",q=\"x\"} 2\n");
    assert_page(reg, OPTIONS(TACHO_TEXT_1, TACHO_ALLOW_UTF8, tenant),
                "# HELP l H\n# TYPE l gauge\nl{tenant=\"a\\\"\"} 3\n"
                "# HELP j_total H\n# TYPE j_total counter\nj_total{tenant=\"a\\\"\",c=\"d\",q=\"x\"} 2\n");
    assert_page(reg, OPTIONS(TACHO_OPENMETRICS, TACHO_UNDERSCORES, tenant),
                "# TYPE l gauge\n# HELP l H\nl{tenant=\"a\\\"\"} 3\n"
                "# TYPE j counter\n# HELP j H\nj_total{tenant=\"a\\\"\",c=\"d\",q=\"x\"} 2\n# EOF\n");
    assert_page(reg, OPTIONS(TACHO_JSON, TACHO_ALLOW_UTF8, tenant),
                "[\n{\"name\":\"l\",\"type\":\"gauge\",\"help\":\"H\",\"metrics\":[{\"labels\":{\"tenant\":\"a\\\"\"},\"value\":3}]},"
                "\n{\"name\":\"j_total\",\"type\":\"counter\",\"help\":\"H\",\"metrics\":["
                "{\"labels\":{\"tenant\":\"a\\\"\",\"c\":\"d\",\"q\":\"x\"},\"value\":2}]}\n]\n");
    assert_page(reg, OPTIONS(TACHO_CSV, TACHO_ALLOW_UTF8, tenant),
                "name,type,labels,value\r\nl,gauge,\"tenant=\"\"a\\\"\"\"\"\",3\r\n"
                "j_total,counter,\"tenant=\"\"a\\\"\"\"\",c=\"\"d\"\",q=\"\"x\"\"\",2\r\n");
    assert_page(reg, OPTIONS(TACHO_TEXT, TACHO_UNDERSCORES, CONSTANTS({ NULL, "none" })),
                "# HELP l H\n# TYPE l gauge\nl 3\n# HELP j_total H\n# TYPE j_total counter\nj_total{c=\"d\",q=\"x\"} 2\n");
    tacho_registry_free(reg);
}

static void two_scrapes_at_a_time_show_each_its_own_and_keep_what_they_were_given(void **state)
{
    char name[] = "tenant", value[] = "a";
    tacho_constant mine[] = { { name, value }, { NULL, NULL } };
    const char *names[] = { "l" };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    (void)state;
    assert_int_equal(TACHO_DEFINE(reg, small_rows), TACHO_OK);
    tacho_gauge_set(level, 3);
    tacho_scrape *a = tacho_scrape_open(reg, &(tacho_scrape_options){ .constants = mine, .names = names, .name_count = 1, .no_wait = 1 });
    value[0] = 'b';
    tacho_scrape *b = tacho_scrape_open(reg, &(tacho_scrape_options){ .constants = mine, .names = names, .name_count = 1 });
    memset(name, '-', strlen(name));
    memset(mine, 0, sizeof mine);
    char pages[2][100] = { "", "" };
    for (size_t i = 0; i < 60; i++) {
        size_t more = tacho_scrape_read(a, pages[0] + strlen(pages[0]), 1);
        assert_int_equal(more, tacho_scrape_read(b, pages[1] + strlen(pages[1]), 1));
    }
    assert_string_equal(pages[0], "# HELP l H\n# TYPE l gauge\nl{tenant=\"a\"} 3\n");
    assert_string_equal(pages[1], "# HELP l H\n# TYPE l gauge\nl{tenant=\"b\"} 3\n");
    tacho_scrape_free(a);
    tacho_scrape_free(b);
    tacho_registry_free(reg);
}

/* ---- Names that are there already --------------------------------------------------------------------------- */

static tacho_gauge *own_gauge, *utf8_gauge;
static tacho_gauge_vec *own_vec;
static tacho_stateset *own_state;
static const char *const on[] = { "on", NULL };
static const tacho_desc own_rows[] = {
    { .gauge = &own_gauge, .name = "a", .help = "H", .constants = CONSTANTS({ "x", "own" }) },
    { .gauge_vec = &own_vec, .name = "b", .help = "H", .labels = { "y", "x" } },
    { .stateset = &own_state, .name = "x", .help = "H", .states = on },
    { .gauge = &utf8_gauge, .name = "c", .help = "H", .constants = CONSTANTS({ "s.t", "own" }) },
};
static const tacho_desc own_emitted[] = { { .type = TACHO_GAUGE, .name = "e", .help = "H", .labels = { "x" } },
                                          { .type = TACHO_GAUGE, .name = "f", .help = "H" } };

static tacho_err own_collect(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    tacho_emit_family(out, &own_emitted[0]);
    tacho_emit_int(out, TACHO_LABELS("own"), 1);
    tacho_emit_family(out, &own_emitted[1]);
    tacho_emit_int(out, TACHO_NO_LABELS, 1);
    return TACHO_OK;
}

static tacho_registry *own_open(tacho_collector *collector)
{
    static const tacho_collector_ops ops = { .name = "own", .descs = own_emitted, .desc_count = 2, .collect = own_collect };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){
        .no_self_metrics = 1, .utf8_names = 1, .constants = CONSTANTS({ "all", "own" }) });
    assert_int_equal(TACHO_DEFINE(reg, own_rows), TACHO_OK);
    *collector = (tacho_collector){ &ops };
    assert_int_equal(tacho_registry_add(reg, collector), TACHO_OK);
    tacho_gauge_set_at(own_vec, TACHO_LABELS("1", "own"), 1);
    return reg;
}

static void a_label_that_a_family_has_already_is_its_own(void **state)
{
    tacho_collector collector;
    tacho_registry *reg = own_open(&collector);
    (void)state;
    static const tacho_constant labels[] = { { "x", "new" }, { "all", "new" }, { "n", "new" }, { NULL, NULL } };
    struct page page = page_take(reg, OPTIONS(TACHO_TEXT, TACHO_UNDERSCORES, labels), 0);
    assert_true(page_has_line(&page, "a{n=\"new\",all=\"own\",x=\"own\"} 0"));
    assert_true(page_has_line(&page, "b{n=\"new\",all=\"own\",y=\"1\",x=\"own\"} 1"));
    assert_true(page_has_line(&page, "x{n=\"new\",all=\"own\",x=\"on\"} 0"));
    assert_true(page_has_line(&page, "c{x=\"new\",n=\"new\",all=\"own\",s_t=\"own\"} 0"));
    assert_true(page_has_line(&page, "e{n=\"new\",all=\"own\",x=\"own\"} 1"));
    assert_true(page_has_line(&page, "f{x=\"new\",n=\"new\",all=\"own\"} 1"));
    page_free(&page);
    for (int format = 0; format < FORMATS; format++)
        for (int scheme = 0; scheme < SCHEMES; scheme++) {
            page = page_take(reg, OPTIONS(format, scheme, labels), 0);
            check_valid(&page, format, scheme);
            page_free(&page);
        }
    tacho_registry_free(reg);
}

static void names_that_meet_after_escaping_are_the_familys_own_in_every_scheme(void **state)
{
    static const char *const meets[] = { "s_t", "s-t", "U__s_2e_t", "s_dot_t", "s.t" };
    tacho_collector collector;
    tacho_registry *reg = own_open(&collector);
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(meets); i++)
        for (int scheme = 0; scheme < SCHEMES; scheme++) {
            const tacho_constant labels[] = { { meets[i], "new" }, { NULL, NULL } };
            for (int format = 0; format < FORMATS; format++) {
                struct page page = page_take(reg, OPTIONS(format, scheme, labels), 0);
                check_valid(&page, format, scheme);
                page_free(&page);
            }
            struct page page = page_take(reg, OPTIONS(TACHO_TEXT, scheme, labels), 0);
            assert_int_equal(count_of(page.data, "\"new\""), 5); /* all but c */
            const char *of_c = strstr(page.data, "# TYPE c ");
            assert_true(strstr(of_c, "\"new\"") > strstr(of_c, "# HELP e "));
            page_free(&page);
        }
    tacho_registry_free(reg);
}

static void a_family_that_has_them_all_is_shown_as_ever(void **state)
{
    tacho_collector collector;
    tacho_registry *reg = own_open(&collector);
    (void)state;
    for (int format = 0; format < FORMATS; format++)
        for (int scheme = 0; scheme < SCHEMES; scheme++) {
            struct page plain = page_take(reg, OPTIONS(format, scheme, NULL), 0);
            struct page page = page_take(reg, OPTIONS(format, scheme, CONSTANTS({ "all", "new" })), 0);
            assert_int_equal(page.len, plain.len);
            assert_memory_equal(page.data, plain.data, plain.len);
            page_free(&page);
            page_free(&plain);
        }
    tacho_registry_free(reg);
}

/* ---- What is refused ---------------------------------------------------------------------------------------- */

static int collected;

static tacho_err count_runs(tacho_collector *self, tacho_emitter *out)
{
    (void)self, (void)out;
    collected++;
    return TACHO_OK;
}

#define FOUR(p) { p "1", "v" }, { p "2", "v" }, { p "3", "v" }, { p "4", "v" }
#define SIXTEEN FOUR("a"), FOUR("b"), FOUR("c"), FOUR("d")

static void faulty_labels_open_no_scrape_and_are_told_in_words(void **state)
{
    static char longest[TACHO_MAX_LABEL_BYTES + 1], too_long[TACHO_MAX_LABEL_BYTES + 2], long_name[1026];
    const struct { bool utf8; const tacho_constant *constants; const char *words; } rows[] = {
        { false, CONSTANTS({ "a", "" }, { "b", longest }), NULL },
        { false, CONSTANTS(SIXTEEN), NULL },
        { false, CONSTANTS(SIXTEEN, { "e", "v" }), "a scrape has at most 16" },
        { false, CONSTANTS({ "a", NULL }), "'a' has a value that is not UTF-8" },
        { false, CONSTANTS({ "a", too_long }), "'a' has a value that is not UTF-8" },
        { false, CONSTANTS({ "a", "caf\xe9" }), "'a' has a value that is not UTF-8" },
        { false, CONSTANTS({ "", "v" }), "does not match" },
        { false, CONSTANTS({ "1a", "v" }), "does not match" },
        { false, CONSTANTS({ "a:b", "v" }), "does not match" },
        { false, CONSTANTS({ "a.b", "v" }), "does not match" },
        { true, CONSTANTS({ "a.b", "v" }), NULL },
        { true, CONSTANTS({ "a.b\xff", "v" }), "is not UTF-8 of 1 to 1024 bytes" },
        { true, CONSTANTS({ long_name, "v" }), "is not UTF-8 of 1 to 1024 bytes" },
        { true, CONSTANTS({ "a.b", "v" }, { "a_b", "v" }), "is escaped to the name of another label" },
        { false, CONSTANTS({ "a", "1" }, { "a", "2" }), "'a' is there twice" },
        { false, CONSTANTS({ "__a", "v" }), "begins with __" },
        { true, CONSTANTS({ "..name..", "v" }), "escaped to __name__" },
        { false, CONSTANTS({ "le", "v" }), "'le' is reserved" },
        { false, CONSTANTS({ "quantile", "v" }), "'quantile' is reserved" },
        { false, CONSTANTS({ "job", "v" }, { "quantile", "v" }), "'quantile' is reserved" },
    };
    static const tacho_collector_ops ops = { .name = "counts", .collect = count_runs };
    (void)state;
    memset(longest, 'x', sizeof longest - 1);
    memset(too_long, 'x', sizeof too_long - 1);
    memset(long_name, 'x', sizeof long_name - 1);
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        tacho_collector collector = { &ops };
        tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .utf8_names = rows[i].utf8 });
        assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
        collected = 0;
        tacho_scrape *scrape = tacho_scrape_open(reg, &(tacho_scrape_options){ .constants = rows[i].constants });
        const char *words = tacho_registry_error(reg);
        bool right = rows[i].words ? !scrape && words && strstr(words, rows[i].words) && strstr(words, "of a scrape") : scrape && !words;
        if (!right) fail_msg("row %zu: %s", i, words ? words : "no words");
        assert_int_equal(collected, scrape != NULL);
        tacho_scrape_free(scrape);
        tacho_registry_free(reg);
    }
}

/* ---- The longest there can be --------------------------------------------------------------------------------- */

/* One family for each way to put lines together. */
static tacho_registry *few_open(void)
{
    static tacho_histogram *sizes;
    static tacho_stateset *mode;
    static const double bounds[] = { 1 };
    static const tacho_desc rows[] = {
        { .histogram = &sizes, .name = "sizes", .help = "H", .buckets = bounds, .bucket_count = 1, .flags = TACHO_EXEMPLARS },
        { .stateset = &mode, .name = "mode", .help = "H", .states = on },
    };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1, .utf8_names = 1 });
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    assert_int_equal(TACHO_DEFINE(reg, small_rows), TACHO_OK);
    tacho_counter_inc_at(jobs, TACHO_LABELS("x"));
    tacho_histogram_observe_exemplar(sizes, 0.5, TACHO_EXEMPLAR(TACHO_PAIR("trace_id", "1")));
    return reg;
}

static void the_longest_labels_fit_every_format_and_scheme(void **state)
{
    static char names[MOST][1025], values[MOST][TACHO_MAX_LABEL_BYTES + 1];
    static const char fillers[] = { 'x', '\n', '"', '\x01' };
    tacho_constant labels[MOST + 1] = { { NULL, NULL } };
    tacho_registry *reg = few_open();
    (void)state;
    for (size_t kind = 0; kind < TACHO_COUNT(fillers); kind++) {
        for (size_t i = 0; i < MOST; i++) {
            memset(names[i], kind % 2 ? '.' : 'n', 1024);
            names[i][0] = (char)('a' + i);
            memset(values[i], fillers[kind], TACHO_MAX_LABEL_BYTES);
            labels[i] = (tacho_constant){ names[i], values[i] };
        }
        for (int format = 0; format < FORMATS; format++) {
            int scheme = (int)kind; /* each of them with other fillers */
            struct page page = page_take(reg, OPTIONS(format, scheme, labels), 0);
            struct page parts = page_take(reg, OPTIONS(format, scheme, labels), 5000);
            if (kind == 2 || format == TACHO_PROTOBUF || format == TACHO_JSON) /* with long names lines take minutes */
                check_valid(&page, format, scheme);
            assert_true(page.len > MOST * 2048 && parts.len == page.len);
            assert_memory_equal(parts.data, page.data, page.len);
            page_free(&parts);
            page_free(&page);
        }
    }
    tacho_registry_free(reg);
}

static void sixteen_go_with_a_family_that_has_sixteen_and_as_many_labels(void **state)
{
    static tacho_gauge_vec *vec;
    const tacho_desc row = { .gauge_vec = &vec, .name = "full", .help = "H", .constants = CONSTANTS(SIXTEEN),
        .labels = { "l1", "l2", "l3", "l4", "l5", "l6", "l7", "l8", "l9", "l10", "l11", "l12", "l13", "l14", "l15", "l16" } };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    (void)state;
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    tacho_gauge_set_at(vec, TACHO_LABELS("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"), 1);
    for (int format = 0; format < FORMATS; format++) {
        struct page page = page_take(reg, OPTIONS(format, TACHO_UNDERSCORES, CONSTANTS(FOUR("e"), FOUR("f"), FOUR("g"), FOUR("h"))), 0);
        check_valid(&page, format, TACHO_UNDERSCORES);
        for (const char *name = "abcdefgh"; *name; name++)
            for (char number = '1'; number <= '4'; number++) {
                char text[] = { *name, number, '\0' };
                assert_true(page_has(&page, text));
            }
        page_free(&page);
    }
    tacho_registry_free(reg);
}

static char long_help[10000];
static tacho_desc long_desc = { .type = TACHO_GAUGE, .name = "long", .help = long_help };

static tacho_err long_collect(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    tacho_emit_family(out, &long_desc);
    tacho_emit_int(out, TACHO_NO_LABELS, 1);
    return TACHO_OK;
}

static void the_longest_description_may_be_a_collectors(void **state)
{
    static const tacho_collector_ops ops = { .name = "long", .descs = &long_desc, .desc_count = 1, .collect = long_collect };
    tacho_collector collector = { &ops };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    (void)state;
    memset(long_help, 'h', sizeof long_help - 1);
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    struct page page = page_take(reg, OPTIONS(TACHO_TEXT, TACHO_UNDERSCORES, CONSTANTS({ "tenant", "a" })), 0);
    assert_true(page_has_line(&page, "long{tenant=\"a\"} 1"));
    page_free(&page);
    tacho_registry_free(reg);
}

/* ---- What is remembered of sizes ------------------------------------------------------------------------------ */

static void sizes_that_are_remembered_are_those_of_other_scrapes(void **state)
{
    static char value[400];
    uint64_t seed = 1;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    (void)state;
    assert_int_equal(TACHO_DEFINE(reg, small_rows), TACHO_OK);
    for (int round = 0; round < 400; round++) {
        char why[200] = "", series[24];
        (void)snprintf(series, sizeof series, "%d", (int)stress_random(&seed, 100));
        if (stress_random(&seed, 10) == 0) tacho_counter_inc_at(jobs, TACHO_LABELS(series));
        if (stress_random(&seed, 50) == 0) (void)tacho_counter_remove_at(jobs, TACHO_LABELS(series));
        memset(value, 'v', sizeof value);
        value[stress_random(&seed, 160)] = '\0'; /* on both sides of 128 in all */
        const tacho_constant *labels = stress_random(&seed, 3) ? CONSTANTS({ "tenant", value }) : NULL;
        struct page text = page_take(reg, OPTIONS(TACHO_TEXT_1, TACHO_UNDERSCORES, labels), 0);
        struct page page = page_take(reg, OPTIONS(TACHO_PROTOBUF, TACHO_UNDERSCORES, labels), round % 2 ? 0 : 100);
        char *print = proto_print(page.data, page.len, why, sizeof why);
        if (!print) fail_msg("round %d: %s", round, why);
        char *lines = proto_lines(page.data, page.len);
        assert_int_equal(count_of(lines, "\nj_total{"), count_of(text.data, "\nj_total{"));
        assert_int_equal(count_of(lines, "tenant="), labels ? sample_lines(text.data) : 0);
        free(lines);
        free(print);
        page_free(&page);
        page_free(&text);
    }
    tacho_registry_free(reg);
}

static size_t allocations;

static bool count_allocation(size_t size)
{
    (void)size;
    allocations++;
    return true;
}

static void reading_takes_no_memory(void **state)
{
    tacho_registry *reg = ark_open();
    char buf[500];
    (void)state;
    ark_count();
    for (int format = 0; format < FORMATS; format++) {
        if (format == TACHO_PROTOBUF) continue; /* it marks what it measured */
        tacho_scrape *scrape = tacho_scrape_open(reg, &OPTIONS(format, TACHO_DOTS, hostile));
        assert_non_null(scrape);
        allocations = 0;
        tacho__alloc_hook = count_allocation;
        while (tacho_scrape_read(scrape, buf, sizeof buf) > 0) {}
        tacho__alloc_hook = TACHO__NO_HOOK;
        assert_int_equal(allocations, 0);
        tacho_scrape_free(scrape);
    }
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_has_them_in_every_format_and_nothing_else_changes),
        cmocka_unit_test(protobuf_has_them_on_each_metric_and_its_lengths_are_right),
        cmocka_unit_test(the_size_of_the_buffer_makes_no_difference),
        cmocka_unit_test(the_bytes_of_a_small_page_are_these),
        cmocka_unit_test(two_scrapes_at_a_time_show_each_its_own_and_keep_what_they_were_given),
        cmocka_unit_test(a_label_that_a_family_has_already_is_its_own),
        cmocka_unit_test(names_that_meet_after_escaping_are_the_familys_own_in_every_scheme),
        cmocka_unit_test(a_family_that_has_them_all_is_shown_as_ever),
        cmocka_unit_test(faulty_labels_open_no_scrape_and_are_told_in_words),
        cmocka_unit_test(the_longest_labels_fit_every_format_and_scheme),
        cmocka_unit_test(sixteen_go_with_a_family_that_has_sixteen_and_as_many_labels),
        cmocka_unit_test(the_longest_description_may_be_a_collectors),
        cmocka_unit_test(sizes_that_are_remembered_are_those_of_other_scrapes),
        cmocka_unit_test(reading_takes_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
