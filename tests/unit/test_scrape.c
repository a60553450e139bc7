/*
 * test_scrape.c - the cursor: the same bytes in pieces of any size, whatever happens between two of them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/expose.h>

#include "support/exposition.h"
#include "support/shown.h"

/* ---- A registry: counters, histograms, a gauge, and a collector between them --------------------------- */

static struct rig {
    tacho_registry *reg;
    tacho_counter_vec *first;
    tacho_histogram_vec *hist;
    tacho_gauge *last;
    tacho_counter *later;
    bool collecting;
} rig;

static const double bounds[] = { 1, 2 };

static const tacho_desc first_rows[] = {
    { .counter_vec = &rig.first, .name = "first_total", .help = "Counters.", .labels = { "id" }, .max_series = 5000 },
};
static const tacho_desc rows[] = {
    { .histogram_vec = &rig.hist, .name = "hist", .help = "Histograms.", .labels = { "id" }, .max_series = 5000,
      .buckets = bounds, .bucket_count = 2 },
    { .gauge = &rig.last, .name = "last", .help = "A gauge." },
};
static const tacho_desc later_rows[] = { { .counter = &rig.later, .name = "later_total", .help = "Comes later." } };

static const tacho_desc box_descs[] = {
    { .type = TACHO_GAUGE, .name = "box", .help = "From a collector.", .labels = { "id" } },
    { .type = TACHO_HISTOGRAM, .name = "box_hist", .help = "From a collector.", .buckets = bounds, .bucket_count = 2 },
};

static tacho_err box_collect(tacho_collector *self, tacho_emitter *out)
{
    static const uint64_t counts[] = { 1, 2, 3 };
    (void)self;
    tacho_emit_family(out, &box_descs[0]);
    tacho_emit_int(out, TACHO_LABELS("a"), 1);
    tacho_emit_int(out, TACHO_LABELS("b"), 2);
    tacho_emit_family(out, &box_descs[1]);
    tacho_emit_histogram(out, TACHO_NO_LABELS, counts, 9);
    return TACHO_OK;
}

static const tacho_collector_ops box_ops = { .name = "box", .descs = box_descs, .desc_count = TACHO_COUNT(box_descs), .collect = box_collect };
static tacho_collector box = { &box_ops };

static int rig_up(void **state)
{
    (void)state;
    rig = (struct rig){ .reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 }) };
    assert_int_equal(TACHO_DEFINE(rig.reg, first_rows), TACHO_OK);
    assert_int_equal(tacho_registry_add(rig.reg, &box), TACHO_OK);
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
    for (uint32_t i = 1; i <= 5; i++) {
        const char id[] = { (char)('a' + i - 1), '\0' };
        tacho_counter_add_at(rig.first, TACHO_LABELS(id), i);
        for (uint32_t k = 0; k < i; k++) tacho_histogram_observe_at(rig.hist, TACHO_LABELS(id), k);
    }
    return 0;
}

static int rig_down(void **state)
{
    (void)state;
    tacho_registry_free(rig.reg);
    return 0;
}

/* Take and give up so many series that slots, cells and label values of removed ones serve again. */
static void reuse_memory(void)
{
    char id[48];
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(id, sizeof id, "reused-%d", i % 500);
        tacho_counter_add_at(rig.first, TACHO_LABELS(id), 1000);
        tacho_histogram_observe_at(rig.hist, TACHO_LABELS(id), 1000);
        if (i < 500) {
            assert_int_equal(tacho_counter_remove_at(rig.first, TACHO_LABELS(id)), TACHO_OK);
            assert_int_equal(tacho_histogram_remove_at(rig.hist, TACHO_LABELS(id)), TACHO_OK);
        }
    }
}

/* ---- Reading ------------------------------------------------------------------------------------------- */

static tacho_scrape *begin(void)
{
    tacho_scrape *scrape = tacho_scrape_new(rig.reg, TACHO_TEXT);
    assert_non_null(scrape);
    return scrape;
}

static void append(tacho_buffer *page, const void *data, size_t len)
{
    assert_int_equal(page->sink.ops->write(&page->sink, data, len), TACHO_OK);
}

/* Read a piece into memory of exactly its size; false at the end. */
static bool read_piece(tacho_scrape *scrape, tacho_buffer *page, size_t size)
{
    char *piece = malloc(size);
    assert_non_null(piece);
    size_t len = tacho_scrape_read(scrape, piece, size);
    assert_true(len <= size);
    append(page, piece, len);
    free(piece);
    return len > 0;
}

static bool page_ends_in(const tacho_buffer *page, const char *mark)
{
    size_t len = strlen(mark);
    return len == 0 || (page->len >= len && memcmp(page->data + page->len - len, mark, len) == 0);
}

/* Read byte by byte until the page ends in the mark; the beginning for "". */
static void read_to(tacho_scrape *scrape, tacho_buffer *page, const char *mark)
{
    while (!page_ends_in(page, mark))
        if (!read_piece(scrape, page, 1)) fail_msg("'%s' never came", mark);
}

static void read_rest(tacho_scrape *scrape, tacho_buffer *page, size_t size)
{
    while (read_piece(scrape, page, size)) continue;
}

static struct exposition *parse(const tacho_buffer *page)
{
    char why[512];
    struct exposition *read = exposition_parse(page->data, page->len, why, sizeof why);
    if (!read) fail_msg("%s", why);
    return read;
}

static const size_t sizes[] = { 1, 7, 64, 100, 1024, 65536, 10000000 };

static void the_same_bytes_come_whatever_the_size_of_the_buffer(void **state)
{
    tacho_buffer whole, page;
    (void)state;
    reuse_memory();
    tacho_buffer_init(&whole);
    assert_int_equal(tacho_expose(rig.reg, TACHO_TEXT, &whole.sink), TACHO_OK);
    exposition_free(parse(&whole));
    assert_true(whole.len > 65536);
    for (size_t i = 0; i <= TACHO_COUNT(sizes); i++) { /* the last: every piece of another size */
        tacho_scrape *scrape = begin();
        tacho_buffer_init(&page);
        size_t next = 1;
        while (read_piece(scrape, &page, i < TACHO_COUNT(sizes) ? sizes[i] : next)) next = next * 31 % 1009;
        assert_int_equal(tacho_scrape_read(scrape, &next, sizeof next), 0); /* the end stays the end */
        assert_int_equal(page.len, whole.len);
        assert_memory_equal(page.data, whole.data, page.len);
        tacho_scrape_free(scrape);
        tacho_buffer_fini(&page);
    }
    tacho_buffer_fini(&whole);
}

/* ---- What changes while a scrape is under way ---------------------------------------------------------- */

static void remove_b(void)
{
    assert_int_equal(tacho_counter_remove_at(rig.first, TACHO_LABELS("b")), TACHO_OK);
    assert_int_equal(tacho_histogram_remove_at(rig.hist, TACHO_LABELS("b")), TACHO_OK);
}

static void remove_b_and_reuse(void)
{
    remove_b();
    reuse_memory();
}

static void remove_and_make_anew(void)
{
    remove_b();
    reuse_memory();
    tacho_counter_add_at(rig.first, TACHO_LABELS("b"), 100);
    tacho_histogram_observe_at(rig.hist, TACHO_LABELS("b"), 100);
}

static void count_b(void)
{
    tacho_counter_add_at(rig.first, TACHO_LABELS("b"), 100);
    for (int i = 0; i < 8; i++) tacho_histogram_observe_at(rig.hist, TACHO_LABELS("b"), 0);
}

static void create_new(void)
{
    tacho_counter_inc_at(rig.first, TACHO_LABELS("new"));
    tacho_histogram_observe_at(rig.hist, TACHO_LABELS("new"), 1);
}

static void clear_all(void)
{
    assert_int_equal(tacho_counter_clear(rig.first), TACHO_OK);
    assert_int_equal(tacho_histogram_clear(rig.hist), TACHO_OK);
}

static void undefine_first(void)
{
    assert_int_equal(tacho_registry_undefine(rig.reg, first_rows, 1), TACHO_OK);
}

static void undefine_hist(void)
{
    assert_int_equal(tacho_registry_undefine(rig.reg, rows, 1), TACHO_OK);
}

static void redefine_both(void)
{
    undefine_first();
    undefine_hist();
    assert_int_equal(TACHO_DEFINE(rig.reg, first_rows), TACHO_OK);
    assert_int_equal(tacho_registry_define(rig.reg, rows, 1), TACHO_OK);
    tacho_counter_add_at(rig.first, TACHO_LABELS("b"), 100);
    tacho_histogram_observe_at(rig.hist, TACHO_LABELS("b"), 100);
}

static void define_later(void)
{
    assert_int_equal(TACHO_DEFINE(rig.reg, later_rows), TACHO_OK);
}

/* The collector is unplugged, and its names are taken at once. */
static void replace_box(void)
{
    static tacho_gauge *gauge;
    static const tacho_desc taken[] = { { .gauge = &gauge, .name = "box", .help = "Native now." } };
    assert_int_equal(tacho_registry_remove(rig.reg, &box), TACHO_OK);
    assert_int_equal(TACHO_DEFINE(rig.reg, taken), TACHO_OK);
}

static const struct change {
    const char *name;
    const char *stop; /* read up to here, then */
    void (*change)(void);
    const char *series[4], *want[4]; /* NULL: it is not shown; a family is `TYPE name` */
} changes[] = {
    { "a removed series whose line was begun is finished with its old text", "first_total{id=\"b", remove_b_and_reuse,
      { "first_total{id=\"b\"}", "first_total{id=\"c\"}", "hist_count{id=\"b\"}" }, { "2", "3", NULL } },
    { "even if only its last digit was missing", "first_total{id=\"b\"} ", remove_b_and_reuse,
      { "first_total{id=\"b\"}", "first_total{id=\"c\"}" }, { "2", "3" } },
    { "a removed histogram that was begun is finished with its old text", "hist_bucket{id=\"b\",le=\"1",
      remove_b_and_reuse,
      { "hist_bucket{id=\"b\",le=\"+Inf\"}", "hist_sum{id=\"b\"}", "hist_count{id=\"b\"}", "hist_count{id=\"c\"}" },
      { "2", "1", "2", "3" } },
    { "between two of its lines too", "hist_bucket{id=\"b\",le=\"1.0\"} 2\n", remove_b_and_reuse,
      { "hist_bucket{id=\"b\",le=\"2.0\"}", "hist_sum{id=\"b\"}", "hist_count{id=\"b\"}" }, { "2", "1", "2" } },
    { "a histogram that was begun shows one moment", "hist_bucket{id=\"b\",le=\"1.0\"} 2\n", count_b,
      { "hist_bucket{id=\"b\",le=\"2.0\"}", "hist_count{id=\"b\"}" }, { "2", "2" } },
    { "what is ahead of the cursor shows what it is then", "first_total{id=\"a", count_b,
      { "first_total{id=\"b\"}", "hist_count{id=\"b\"}" }, { "102", "10" } },
    { "a series removed before the cursor comes is not shown", "first_total{id=\"a\"} 1\n", remove_b,
      { "first_total{id=\"a\"}", "first_total{id=\"b\"}", "first_total{id=\"c\"}", "hist_count{id=\"b\"}" },
      { "1", NULL, "3", NULL } },
    { "also right after the begin", "", remove_b, { "first_total{id=\"b\"}", "hist_count{id=\"b\"}" }, { NULL, NULL } },
    { "a series created after the begin is not shown", "", create_new,
      { "first_total{id=\"new\"}", "hist_count{id=\"new\"}", "first_total{id=\"e\"}" }, { NULL, NULL, "5" } },
    { "not in the middle of its family either", "first_total{id=\"b", create_new,
      { "first_total{id=\"new\"}", "first_total{id=\"e\"}" }, { NULL, "5" } },
    { "removed and made anew ahead of the cursor, a series is not shown", "first_total{id=\"a", remove_and_make_anew,
      { "first_total{id=\"b\"}", "hist_count{id=\"b\"}" }, { NULL, NULL } },
    { "removed and made anew behind the cursor, it is shown once", "hist_bucket{id=\"c", remove_and_make_anew,
      { "first_total{id=\"b\"}", "hist_count{id=\"b\"}", "hist_count{id=\"c\"}" }, { "2", "2", "3" } },
    { "a family cleared while it is shown ends", "first_total{id=\"c", clear_all,
      { "first_total{id=\"c\"}", "first_total{id=\"d\"}", "hist_count{id=\"a\"}", "last" }, { "3", NULL, NULL, "0" } },
    { "a family undefined while it is shown ends with its line", "first_total{id=\"c", undefine_first,
      { "first_total{id=\"c\"}", "first_total{id=\"d\"}", "box{id=\"a\"}", "hist_count{id=\"e\"}" },
      { "3", NULL, "1", "5" } },
    { "or with its histogram", "hist_bucket{id=\"c\",le=\"1.0\"", undefine_hist,
      { "hist_count{id=\"c\"}", "hist_count{id=\"d\"}", "last" }, { "3", NULL, "0" } },
    { "a family undefined before the cursor comes is not shown", "first_total{id=\"c", undefine_hist,
      { "first_total{id=\"e\"}", "hist_count{id=\"a\"}", "TYPE hist", "last" }, { "5", NULL, NULL, "0" } },
    { "undefined and defined again ahead of the cursor it is not shown", "", redefine_both,
      { "first_total{id=\"b\"}", "TYPE first_total", "TYPE hist", "last" }, { NULL, NULL, NULL, "0" } },
    { "undefined and defined again while it is shown it appears once", "first_total{id=\"a", redefine_both,
      { "first_total{id=\"a\"}", "first_total{id=\"b\"}", "hist_count{id=\"b\"}", "last" }, { "1", NULL, NULL, "0" } },
    { "undefined and defined again behind the cursor too", "last", redefine_both,
      { "first_total{id=\"b\"}", "hist_count{id=\"b\"}", "last" }, { "2", "2", "0" } },
    { "a family defined after the begin is not shown", "", define_later, { "later_total", "TYPE later_total", "last" },
      { NULL, NULL, "0" } },
    { "what a collector said is shown even if it is unplugged meanwhile", "first_total{id=\"a", replace_box,
      { "box{id=\"b\"}", "box_hist_count", "box", "last" }, { "2", "6", NULL, "0" } },
    { "in the middle of its family too", "box{id=\"a\"", replace_box,
      { "box{id=\"b\"}", "box_hist_count", "box", "last" }, { "2", "6", NULL, "0" } },
};

static void check_change(const struct change *row, size_t rest)
{
    tacho_buffer page;
    tacho_buffer_init(&page);
    tacho_scrape *scrape = begin();
    read_to(scrape, &page, row->stop);
    row->change();
    read_rest(scrape, &page, rest);
    tacho_scrape_free(scrape);
    struct exposition *read = parse(&page);
    for (size_t i = 0; i < TACHO_COUNT(row->series) && row->series[i]; i++) {
        bool is_family = strncmp(row->series[i], "TYPE ", 5) == 0;
        const struct exposition_family *family = is_family ? exposition_family(read, row->series[i] + 5) : NULL;
        const char *text = is_family ? (family ? family->type : NULL) : exposition_text(read, row->series[i]);
        if (row->want[i] ? !text || strcmp(text, row->want[i]) != 0 : text != NULL)
            fail_msg("%s: %s is %s, wanted %s", row->name, row->series[i], text ? text : "absent",
                     row->want[i] ? row->want[i] : "absent");
    }
    exposition_free(read);
    exposition_free(exposition_read(rig.reg)); /* and the next one is valid as well */
    tacho_buffer_fini(&page);
}

static void a_scrape_shows_what_was_there_when_it_began_less_what_was_removed(void **state)
{
    rig_down(state);
    for (size_t i = 0; i < TACHO_COUNT(changes); i++)
        for (size_t k = 0; k < TACHO_COUNT(sizes); k++) {
            rig_up(state);
            check_change(&changes[i], sizes[k]);
            rig_down(state);
        }
    rig_up(state);
}

static uint64_t dice_state = 88172645463325252u;

static size_t dice(size_t sides)
{
    dice_state ^= dice_state << 13;
    dice_state ^= dice_state >> 7;
    dice_state ^= dice_state << 17;
    return (size_t)(dice_state % sides);
}

static void change_something(void)
{
    char id[16];
    (void)snprintf(id, sizeof id, "%zu", dice(400));
    switch (dice(40)) {
    case 0: clear_all(); break;
    case 1: redefine_both(); break;
    case 2: (void)tacho_counter_remove_matching(rig.first, TACHO_LABELS((const char *)NULL)); break;
    default:
        if (dice(3) == 0) {
            (void)tacho_counter_remove_at(rig.first, TACHO_LABELS(id));
            (void)tacho_histogram_remove_at(rig.hist, TACHO_LABELS(id));
        } else {
            tacho_counter_inc_at(rig.first, TACHO_LABELS(id));
            tacho_histogram_observe_at(rig.hist, TACHO_LABELS(id), (double)dice(4));
        }
    }
}

static void whatever_happens_between_two_reads_every_exposition_is_valid(void **state)
{
    enum { OPEN = 4, READS = 30000 };
    struct {
        tacho_scrape *scrape;
        tacho_buffer page;
    } open[OPEN] = { 0 };
    size_t finished = 0;
    (void)state;
    for (size_t i = 0; i < READS; i++) {
        size_t at = i % OPEN;
        if (!open[at].scrape) {
            open[at].scrape = begin();
            tacho_buffer_init(&open[at].page);
        }
        if (!read_piece(open[at].scrape, &open[at].page, 1 + dice(dice(4) ? 100 : 5000))) {
            exposition_free(parse(&open[at].page));
            tacho_buffer_fini(&open[at].page);
            tacho_scrape_free(open[at].scrape);
            open[at].scrape = NULL;
            finished++;
        }
        for (size_t k = dice(8); k > 0; k--) change_something();
    }
    for (size_t at = 0; at < OPEN; at++) {
        tacho_scrape_free(open[at].scrape);
        tacho_buffer_fini(&open[at].page);
    }
    assert_true(finished > 50);
}

/* ---- Order, beginnings and ends ------------------------------------------------------------------------ */

static void families_come_in_the_order_in_which_they_were_defined_or_plugged_in(void **state)
{
    static tacho_gauge *gauge;
    static const tacho_desc more[] = {
        { .gauge = &gauge, .name = "a_native", .help = "Help." },
        { .gauge = &gauge, .name = "z_native", .help = "Help." },
    };
    static const tacho_collector_ops empty_ops = { .name = "empty", .collect = box_collect };
    static const char *const want[] = { "z_native", "box", "box_hist", "a_native", "tacho_misuse_total" };
    static tacho_collector second = { &empty_ops };
    tacho_registry *reg = tacho_registry_new(NULL);
    (void)state;
    assert_int_equal(tacho_registry_define(reg, &more[1], 1), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &box), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &second), TACHO_OK); /* announces nothing, so what it emits is refused */
    assert_int_equal(tacho_registry_define(reg, &more[0], 1), TACHO_OK);
    struct exposition *read = exposition_read(reg);
    for (size_t i = 0; i < TACHO_COUNT(want); i++) assert_string_equal(read->families[i].name, want[i]);
    for (size_t i = 4; i < read->family_count; i++) assert_memory_equal(read->families[i].name, "tacho_", 6);
    exposition_free(read);
    tacho_registry_free(reg);
}

static void a_family_without_series_shows_its_help_and_type(void **state)
{
    (void)state;
    clear_all();
    struct exposition *read = exposition_read(rig.reg);
    assert_non_null(exposition_family(read, "first_total"));
    assert_int_equal(exposition_family(read, "first_total")->count, 0);
    assert_int_equal(exposition_family(read, "hist")->count, 0);
    assert_string_equal(exposition_family(read, "hist")->type, "histogram");
    exposition_free(read);
}

static void an_empty_registry_gives_no_byte(void **state)
{
    char buf[64];
    tacho_buffer page;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    (void)state;
    tacho_scrape *scrape = tacho_scrape_new(reg, TACHO_TEXT);
    assert_int_equal(tacho_scrape_read(scrape, buf, sizeof buf), 0);
    assert_int_equal(tacho_scrape_read(scrape, buf, sizeof buf), 0);
    tacho_scrape_free(scrape);
    tacho_buffer_init(&page);
    assert_int_equal(tacho_expose(reg, TACHO_TEXT, &page.sink), TACHO_OK);
    assert_int_equal(page.len, 0);
    tacho_buffer_fini(&page);
    tacho_registry_free(reg);
}

static void a_scrape_can_be_given_up_anywhere(void **state)
{
    static const char *const stops[] = { "", "# HELP f", "first_total{id=\"b", "box{id=", "box_hist_bucket{le=\"1",
                                         "hist_bucket{id=\"b\",le=\"1", "last 0\n" };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(stops); i++) {
        tacho_buffer page;
        tacho_buffer_init(&page);
        tacho_scrape *scrape = begin();
        read_to(scrape, &page, stops[i]);
        tacho_scrape_free(scrape);
        tacho_buffer_fini(&page);
    }
    size_t budget, before = tacho_registry_memory(rig.reg, &budget);
    tacho_scrape_free(begin());
    assert_int_equal(tacho_registry_memory(rig.reg, &budget), before);
    exposition_free(exposition_read(rig.reg));
}

static void scrapes_that_are_open_together_do_not_disturb_each_other(void **state)
{
    tacho_scrape *a = begin();
    tacho_buffer pages[3];
    (void)state;
    for (int i = 0; i < 3; i++) tacho_buffer_init(&pages[i]);
    read_to(a, &pages[0], "first_total{id=\"b");
    create_new();
    tacho_scrape *b = begin();
    read_to(b, &pages[1], "hist_bucket{id=\"d\",le=\"1");
    remove_b();
    tacho_scrape *c = begin();
    for (bool more = true; more;) {
        more = read_piece(a, &pages[0], 3);
        more |= read_piece(b, &pages[1], 50);
        more |= read_piece(c, &pages[2], 1);
    }
    struct exposition *read[3];
    for (int i = 0; i < 3; i++) read[i] = parse(&pages[i]);
    assert_null(exposition_find(read[0], "hist_count{id=\"b\"}"));
    assert_null(exposition_find(read[0], "hist_count{id=\"new\"}"));
    assert_non_null(exposition_find(read[1], "hist_count{id=\"b\"}"));
    assert_non_null(exposition_find(read[1], "hist_count{id=\"new\"}"));
    assert_null(exposition_find(read[2], "first_total{id=\"b\"}"));
    assert_non_null(exposition_find(read[2], "first_total{id=\"new\"}"));
    for (int i = 0; i < 3; i++) {
        exposition_free(read[i]);
        tacho_buffer_fini(&pages[i]);
    }
    tacho_scrape_free(c);
    tacho_scrape_free(a);
    tacho_scrape_free(b);
}

/* A sink that takes so many bytes and no more. */
struct narrow_sink {
    tacho_sink sink;
    size_t room, refused;
};

static tacho_err narrow_write(tacho_sink *self, const void *data, size_t len)
{
    struct narrow_sink *narrow = TACHO_CONTAINER(self, struct narrow_sink, sink);
    (void)data;
    narrow->refused += len > narrow->room;
    if (len > narrow->room) return TACHO_ERR_IO;
    narrow->room -= len;
    return TACHO_OK;
}

static void the_error_of_a_sink_ends_the_exposition_and_is_returned(void **state)
{
    static const tacho_sink_ops ops = { narrow_write };
    (void)state;
    reuse_memory();
    for (size_t room = 0; room < 60000; room += 20000) {
        struct narrow_sink narrow = { { &ops }, room, 0 };
        assert_int_equal(tacho_expose(rig.reg, TACHO_TEXT, &narrow.sink), TACHO_ERR_IO);
        assert_int_equal(narrow.refused, 1);
    }
    exposition_free(exposition_read(rig.reg));
}

static void nonsense_is_answered_with_an_error(void **state)
{
    tacho_buffer page;
    char buf[8];
    (void)state;
    tacho_buffer_init(&page);
    assert_null(tacho_scrape_new(NULL, TACHO_TEXT));
    assert_null(tacho_scrape_new(rig.reg, (tacho_format)99));
    assert_int_equal(tacho_scrape_read(NULL, buf, sizeof buf), 0);
    tacho_scrape_free(NULL);
    assert_int_equal(tacho_expose(NULL, TACHO_TEXT, &page.sink), TACHO_ERR_ARG);
    assert_int_equal(tacho_expose(rig.reg, (tacho_format)99, &page.sink), TACHO_ERR_ARG);
    assert_int_equal(tacho_expose(rig.reg, TACHO_TEXT, NULL), TACHO_ERR_ARG);
    tacho_scrape *scrape = begin();
    assert_int_equal(tacho_scrape_read(scrape, buf, 0), 0);
    assert_int_equal(tacho_scrape_read(scrape, buf, 4), 4); /* a length of 0 was not the end */
    assert_memory_equal(buf, "# HE", 4);
    tacho_scrape_free(scrape);
}

int main(void)
{
#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        WITH_RIG(the_same_bytes_come_whatever_the_size_of_the_buffer),
        WITH_RIG(a_scrape_shows_what_was_there_when_it_began_less_what_was_removed),
        WITH_RIG(whatever_happens_between_two_reads_every_exposition_is_valid),
        WITH_RIG(families_come_in_the_order_in_which_they_were_defined_or_plugged_in),
        WITH_RIG(a_family_without_series_shows_its_help_and_type),
        WITH_RIG(an_empty_registry_gives_no_byte),
        WITH_RIG(a_scrape_can_be_given_up_anywhere),
        WITH_RIG(scrapes_that_are_open_together_do_not_disturb_each_other),
        WITH_RIG(the_error_of_a_sink_ends_the_exposition_and_is_returned),
        WITH_RIG(nonsense_is_answered_with_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
