/*
 * test_mirror.c - the program's own numbers shown in place: variables, arrays of structs, functions, numbers that wrap.
 * Needs: OPENMETRICS PROTOBUF JSON LINT
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "alloc.h"
#include "support/exposition.h"
#include "support/golden.h"
#include "support/page.h"
#include "support/shown.h"
#include "support/sweep.h"
#include "support/valid.h"

#define COUNTER(text) .type = TACHO_COUNTER, .name = text, .help = "Help."
#define GAUGE(text) .type = TACHO_GAUGE, .name = text, .help = "Help."

static tacho_registry *new_registry(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_non_null(reg);
    return reg;
}

static tacho_collector *add(tacho_registry *reg, const tacho_mirror *rows, size_t count, tacho_mirror_array *array)
{
    tacho_collector *collector = NULL;
    if (tacho_mirror_add(reg, rows, count, array, &collector)) fail_msg("%s", tacho_registry_error(reg));
    assert_non_null(collector);
    return collector;
}
#define ADD(reg, rows, array) add((reg), (rows), TACHO_COUNT(rows), (array))

/* ---- Variables ---------------------------------------------------------------------------------------------- */

enum colour { RED, GREEN, BLUE };

static struct {
    uint64_t u64;
    int64_t i64;
    uint32_t u32;
    int i;
    unsigned short us;
    short s;
    unsigned char uc;
    signed char sc;
    char c;
    bool flag;
    enum colour colour;
    float f;
    double d;
    size_t size;
    long long ll;
    unsigned long long ull;
    _Atomic uint64_t atomic;
    _Atomic int atomic_int;
    volatile uint32_t changing;
    const double fixed;
    uint64_t ns;
    uint32_t ms;
    uint64_t hits, misses;
} stats = { .fixed = 2.5 };

static double give_seven(const void *element)
{
    assert_null(element);
    return 7;
}

static double give_nothing(const void *element)
{
    (void)element;
    return NAN;
}

static const char *const results[] = { "hit", "miss", NULL };
static const tacho_mirror variables[] = {
    { .desc = { COUNTER("app_u64_total") }, .from = TACHO_NUMBER(stats.u64) },
    { .desc = { GAUGE("app_i64") }, .from = TACHO_NUMBER(stats.i64) },
    { .desc = { COUNTER("app_u32_total") }, .from = TACHO_NUMBER(stats.u32) },
    { .desc = { GAUGE("app_int") }, .from = TACHO_NUMBER(stats.i) },
    { .desc = { GAUGE("app_ushort") }, .from = TACHO_NUMBER(stats.us) },
    { .desc = { GAUGE("app_short") }, .from = TACHO_NUMBER(stats.s) },
    { .desc = { GAUGE("app_uchar") }, .from = TACHO_NUMBER(stats.uc) },
    { .desc = { GAUGE("app_schar") }, .from = TACHO_NUMBER(stats.sc) },
    { .desc = { GAUGE("app_char") }, .from = TACHO_NUMBER(stats.c) },
    { .desc = { GAUGE("app_flag") }, .from = TACHO_NUMBER(stats.flag) },
    { .desc = { GAUGE("app_colour") }, .from = TACHO_NUMBER(stats.colour) },
    { .desc = { GAUGE("app_float") }, .from = TACHO_NUMBER(stats.f) },
    { .desc = { GAUGE("app_double") }, .from = TACHO_NUMBER(stats.d) },
    { .desc = { GAUGE("app_size") }, .from = TACHO_NUMBER(stats.size) },
    { .desc = { GAUGE("app_ll") }, .from = TACHO_NUMBER(stats.ll) },
    { .desc = { GAUGE("app_ull") }, .from = TACHO_NUMBER(stats.ull) },
    { .desc = { COUNTER("app_atomic_total") }, .from = TACHO_NUMBER(stats.atomic) },
    { .desc = { GAUGE("app_atomic_int") }, .from = TACHO_NUMBER(stats.atomic_int) },
    { .desc = { GAUGE("app_changing") }, .from = TACHO_NUMBER(stats.changing) },
    { .desc = { .type = TACHO_UNKNOWN, .name = "app_fixed", .help = "Help." }, .from = TACHO_NUMBER(stats.fixed) },
    { .desc = { COUNTER("app_busy_seconds_total"), .unit = "seconds", .scale = 1e-9 }, .from = TACHO_NUMBER(stats.ns) },
    { .desc = { GAUGE("app_delay_seconds"), .unit = "seconds", .scale = 1e-3 }, .from = TACHO_NUMBER(stats.ms) },
    { .desc = { GAUGE("app_called") }, .read = give_seven },
    { .desc = { GAUGE("app_called_scaled"), .scale = 100 }, .read = give_seven },
    { .desc = { GAUGE("app_called_in_vain") }, .read = give_nothing },
    { .desc = { COUNTER("app_lookups_total"), .labels = { "result" }, .values = { results } },
      .values = { "hit" }, .from = TACHO_NUMBER(stats.hits) },
    { .values = { "miss" }, .from = TACHO_NUMBER(stats.misses) },
};

static void set_least(void)
{
    stats.i64 = INT64_MIN, stats.i = INT32_MIN, stats.s = INT16_MIN, stats.sc = INT8_MIN, stats.ll = -1;
    stats.f = -0.5f, stats.d = (double)-INFINITY;
    stats.atomic_int = -5;
}

static void set_most(void)
{
    stats.u64 = UINT64_MAX, stats.i64 = INT64_MAX, stats.u32 = UINT32_MAX, stats.i = INT32_MAX, stats.us = UINT16_MAX;
    stats.s = INT16_MAX, stats.uc = UINT8_MAX, stats.sc = INT8_MAX, stats.c = 'x', stats.flag = true;
    stats.colour = BLUE, stats.f = 0.25f, stats.d = 1e300, stats.size = UINT32_MAX, stats.ll = INT64_MAX;
    stats.ull = UINT64_MAX, stats.changing = UINT32_MAX;
    stats.atomic = UINT64_MAX;
    stats.atomic_int = 5;
    stats.ns = 1500000001, stats.ms = 1234, stats.hits = 10, stats.misses = 3;
}

static void check_golden(tacho_registry *reg, const char *name)
{
    tacho_buffer page;
    tacho_buffer_init(&page);
    assert_int_equal(tacho_expose(reg, TACHO_TEXT, &page.sink), TACHO_OK);
    golden_check(name, page.data, page.len);
    tacho_buffer_fini(&page);
    exposition_free(exposition_read(reg));
    for (int format = TACHO_TEXT; format <= TACHO_CSV; format++) {
        char why[256];
        struct page taken = page_take(reg, PAGE_AS((tacho_format)format, TACHO_UNDERSCORES), 0);
        if (!valid_page(taken.data, taken.len, (tacho_format)format, TACHO_UNDERSCORES, why, sizeof why))
            fail_msg("format %d: %s", format, why);
        page_free(&taken);
    }
}

static void variables_of_every_type_are_shown_as_they_are_at_the_scrape(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    assert_int_equal(TACHO_MIRROR(reg, variables), TACHO_OK);
    check_golden(reg, "mirror_zero.txt");
    set_least();
    check_golden(reg, "mirror_least.txt");
    set_most();
    check_golden(reg, "mirror_most.txt");
    tacho_registry_free(reg);
}

static void a_scrape_writes_to_nothing_that_it_shows(void **state)
{
    (void)state;
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    uint32_t *numbers = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(numbers != MAP_FAILED);
    numbers[3] = 42;
    assert_int_equal(mprotect(numbers, size, PROT_READ), 0);
    const tacho_mirror rows[] = {
        { .desc = { COUNTER("app_total") }, .from = TACHO_NUMBER(numbers[3]), .wraps = 1 },
    };
    tacho_registry *reg = new_registry();
    (void)ADD(reg, rows, NULL);
    assert_shown(reg, "app_total", "42");
    tacho_registry_free(reg);
    assert_int_equal(munmap(numbers, size), 0);
}

static void a_number_is_scaled_exactly_where_that_can_be(void **state)
{
    static uint64_t ns;
    static const tacho_mirror rows[] = {
        { .desc = { COUNTER("app_seconds_total"), .unit = "seconds", .scale = 1e-9 }, .from = TACHO_NUMBER(ns) },
    };
    static tacho_counter *counter;
    static const tacho_desc row = { .counter = &counter, .name = "own_seconds_total", .help = "Help.", .scale = 1e-9 };
    (void)state;
    tacho_registry *reg = new_registry();
    (void)ADD(reg, rows, NULL);
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    static const uint64_t steps[] = { 1, 3, 299999997, 1000000, 699999999, 123456789123 };
    for (size_t i = 0; i < TACHO_COUNT(steps); i++) {
        ns += steps[i];
        tacho_counter_add(counter, steps[i]);
        assert_true(shown_value(reg, "app_seconds_total") == shown_value(reg, "own_seconds_total"));
        assert_true(shown_value(reg, "app_seconds_total") == (double)ns / 1e9);
    }
    tacho_registry_free(reg);
}

/* ---- Numbers that no counter shows ------------------------------------------------------------------------------ */

struct hearing {
    tacho_listener listener;
    int calls;
    char last[512];
};

static void hear(tacho_listener *self, const char *what)
{
    struct hearing *hearing = TACHO_CONTAINER(self, struct hearing, listener);
    hearing->calls++;
    (void)snprintf(hearing->last, sizeof hearing->last, "%s", what);
}

static void a_counter_that_is_none_now_is_left_out_and_told_and_the_rest_is_shown(void **state)
{
    static struct { double real; int64_t whole; float small; uint64_t good; double level; } is;
    static const tacho_mirror rows[] = {
        { .desc = { COUNTER("app_real_total") }, .from = TACHO_NUMBER(is.real) },
        { .desc = { COUNTER("app_whole_total") }, .from = TACHO_NUMBER(is.whole) },
        { .desc = { COUNTER("app_small_total"), .scale = 1e300 }, .from = TACHO_NUMBER(is.small) },
        { .desc = { COUNTER("app_good_total") }, .from = TACHO_NUMBER(is.good) },
        { .desc = { GAUGE("app_level") }, .from = TACHO_NUMBER(is.level) },
    };
    static const struct { double real; int64_t whole; float small; const char *want[3]; } cases[] = {
        { 0.5, 7, 1, { "0.5", "7", "1e+300" } },
        { NAN, -1, 1e30f, { NULL, NULL, NULL } }, /* the last one only by its scale */
        { INFINITY, INT64_MIN, -1, { NULL, NULL, NULL } },
        { -0.5, INT64_MAX, 0, { NULL, "9223372036854775807", "0" } },
        { -INFINITY, 0, 0, { NULL, "0", "0" } },
    };
    (void)state;
    struct hearing hearing = { .listener = { hear } };
    double told = 0;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .listener = &hearing.listener });
    (void)ADD(reg, rows, NULL);
    for (size_t i = 0; i < TACHO_COUNT(cases); i++) {
        is.real = cases[i].real, is.whole = cases[i].whole, is.small = cases[i].small, is.level = cases[i].real;
        is.good++;
        struct exposition *page = exposition_read(reg);
        for (size_t k = 0; k < 3; k++) {
            const char *text = exposition_text(page, rows[k].desc.name), *want = cases[i].want[k];
            assert_true(text ? want && strcmp(text, want) == 0 : !want);
            told += !want;
        }
        assert_true(exposition_value(page, "app_good_total") == (double)is.good);
        assert_non_null(exposition_find(page, "app_level"));
        assert_true(exposition_value(page, "tacho_misuse_total{kind=\"bad_amount\"}") == told);
        assert_true(exposition_value(page, "tacho_collector_success{collector=\"app_real_total\"}") == 1);
        exposition_free(page);
    }
    assert_true(hearing.calls > 0);
    assert_non_null(strstr(hearing.last, "'app_real_total': a counter shows a number that is negative, NaN or infinite"));
    tacho_registry_free(reg);
}

/* ---- Numbers that wrap ------------------------------------------------------------------------------------------ */

static struct { uint32_t u32; uint16_t u16; uint8_t u8; } turning;
static const tacho_mirror turning_rows[] = {
    { .desc = { COUNTER("app_u32_total") }, .from = TACHO_NUMBER(turning.u32), .wraps = 1 },
    { .desc = { COUNTER("app_u16_total") }, .from = TACHO_NUMBER(turning.u16), .wraps = 1 },
    { .desc = { COUNTER("app_u8_total"), .scale = 0.5 }, .from = TACHO_NUMBER(turning.u8), .wraps = 1 },
};

static void a_number_that_wraps_is_a_counter_that_does_not(void **state)
{
    static const struct { uint32_t is; const char *want; } steps[] = {
        { 4294967290u, "4294967290" }, { 4294967290u, "4294967290" }, { 4294967295u, "4294967295" },
        { 0, "4294967296" },           { 5, "4294967301" },           { 4, "8589934596" },
        { 3000000000u, "11589934592" },
    };
    (void)state;
    tacho_registry *reg = new_registry();
    turning.u32 = steps[0].is;
    (void)ADD(reg, turning_rows, NULL);
    for (size_t i = 0; i < TACHO_COUNT(steps); i++) {
        turning.u32 = steps[i].is;
        assert_shown(reg, "app_u32_total", steps[i].want);
    }
    tacho_registry_free(reg);
}

static void what_wraps_is_counted_exactly_by_any_steps_below_a_turn(void **state)
{
    (void)state;
    uint64_t stream = 1, sums[3];
    tacho_registry *reg = new_registry();
    turning.u32 = (uint32_t)(sums[0] = 4000000000u);
    turning.u16 = (uint16_t)(sums[1] = 65535);
    turning.u8 = (uint8_t)(sums[2] = 0);
    (void)ADD(reg, turning_rows, NULL);
    for (int i = 0; i < 300; i++) {
        struct exposition *page = exposition_read(reg);
        assert_true(exposition_value(page, "app_u32_total") == (double)sums[0]);
        assert_true(exposition_value(page, "app_u16_total") == (double)sums[1]);
        assert_true(exposition_value(page, "app_u8_total") == (double)sums[2] / 2);
        exposition_free(page);
        bool most = i % 10 == 9; /* one less than a turn */
        uint64_t steps[] = { most ? UINT32_MAX : sweep_random(&stream) & UINT32_MAX,
                             most ? UINT16_MAX : sweep_random(&stream) & UINT16_MAX,
                             most ? UINT8_MAX : sweep_random(&stream) & UINT8_MAX };
        for (size_t k = 0; k < 3; k++) sums[k] += steps[k];
        turning.u32 = (uint32_t)(turning.u32 + steps[0]);
        turning.u16 = (uint16_t)(turning.u16 + steps[1]);
        turning.u8 = (uint8_t)(turning.u8 + steps[2]);
    }
    tacho_registry_free(reg);
}

static void a_table_wraps_in_each_registry_by_itself(void **state)
{
    (void)state;
    tacho_registry *first = new_registry(), *second = new_registry();
    turning.u32 = UINT32_MAX;
    tacho_collector *collector = ADD(first, turning_rows, NULL);
    assert_shown(first, "app_u32_total", "4294967295");
    turning.u32 = 1;
    (void)ADD(second, turning_rows, NULL);
    assert_shown(first, "app_u32_total", "4294967297");
    assert_shown(second, "app_u32_total", "1");
    assert_int_equal(tacho_registry_remove(first, collector), TACHO_OK);
    (void)ADD(first, turning_rows, NULL);
    assert_shown(first, "app_u32_total", "1");
    tacho_registry_free(first);
    tacho_registry_free(second);
}

/* ---- Arrays ----------------------------------------------------------------------------------------------------- */

struct queue {
    char name[12];
    uint32_t jobs;
    int depth;
    double age;
};

struct pool {
    tacho_mirror_array array;
    struct queue *queues;
    uint32_t count;
    int begun, ended;
    tacho_err refuses;
};

static int queue_label(tacho_mirror_array *array, uint32_t index, const void *element, const char **values)
{
    const struct queue *queue = element;
    assert_ptr_equal(queue, (const struct queue *)array->base + index);
    values[0] = queue->name;
    return queue->name[0] != '\0';
}

static tacho_err pool_begin(tacho_mirror_array *array)
{
    struct pool *pool = TACHO_CONTAINER(array, struct pool, array);
    assert_int_equal(pool->begun, pool->ended);
    if (pool->refuses) return pool->refuses;
    pool->begun++;
    array->base = pool->queues;
    array->count = pool->count;
    return TACHO_OK;
}

static void pool_end(tacho_mirror_array *array)
{
    struct pool *pool = TACHO_CONTAINER(array, struct pool, array);
    pool->ended++;
}

static double queue_load(const void *element)
{
    const struct queue *queue = element;
    return queue->depth / 4.0;
}

static const tacho_mirror queue_rows[] = {
    { .desc = { COUNTER("app_jobs_total"), .labels = { "queue" } }, .from = TACHO_MEMBER(struct queue, jobs), .wraps = 1 },
    { .desc = { GAUGE("app_queue_depth"), .labels = { "queue" } }, .from = TACHO_MEMBER(struct queue, depth) },
    { .desc = { GAUGE("app_queue_age_seconds"), .unit = "seconds", .labels = { "queue" } },
      .from = TACHO_MEMBER(struct queue, age) },
    { .desc = { GAUGE("app_queue_load_ratio"), .labels = { "queue" } }, .read = queue_load },
};

static struct pool new_pool(struct queue *queues, uint32_t count)
{
    return (struct pool){ .array = { .stride = sizeof(struct queue), .label = queue_label, .begin = pool_begin,
                                     .end = pool_end },
                          .queues = queues, .count = count };
}

static void each_element_of_an_array_is_a_series(void **state)
{
    struct queue queues[] = { { "mail", 3, -1, 0.5 }, { "", 9, 9, 9 }, { "a\"b\\\n", 1, 8, NAN } };
    (void)state;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    struct pool pool = new_pool(queues, TACHO_COUNT(queues));
    (void)ADD(reg, queue_rows, &pool.array);
    check_golden(reg, "mirror_array.txt");
    assert_true(pool.begun > 0 && pool.begun == pool.ended);
    tacho_registry_free(reg);
}

static void an_array_without_a_label_function_is_labelled_by_index(void **state)
{
    static uint16_t numbers[12];
    static tacho_mirror_array array = { .base = numbers, .stride = sizeof numbers[0], .count = TACHO_COUNT(numbers) };
    static const tacho_mirror rows[] = {
        { .desc = { GAUGE("app_load"), .labels = { "cpu" } }, .from = TACHO_ELEMENT(numbers) },
    };
    (void)state;
    for (uint16_t i = 0; i < TACHO_COUNT(numbers); i++) numbers[i] = (uint16_t)(i * 100);
    tacho_registry *reg = new_registry();
    (void)ADD(reg, rows, &array);
    assert_shown(reg, "app_load{cpu=\"0\"}", "0");
    assert_shown(reg, "app_load{cpu=\"11\"}", "1100");
    assert_shown(reg, "app_load{cpu=\"12\"}", NULL);
    array.count = 2;
    assert_shown(reg, "app_load{cpu=\"1\"}", "100");
    assert_shown(reg, "app_load{cpu=\"2\"}", NULL);
    array.base = NULL;
    assert_shown(reg, "app_load{cpu=\"0\"}", NULL);
    assert_shown(reg, "tacho_collector_success{collector=\"app_load\"}", "1");
    tacho_registry_free(reg);
}

static void an_array_may_grow_shrink_and_move_between_scrapes(void **state)
{
    (void)state;
    tacho_registry *reg = new_registry();
    struct pool pool = new_pool(NULL, 0);
    (void)ADD(reg, queue_rows, &pool.array);
    for (uint32_t count = 0; count < 40; count = count * 2 + 1) {
        struct queue *queues = calloc(count + 1, sizeof *queues);
        assert_non_null(queues);
        for (uint32_t i = 0; i < count; i++) (void)snprintf(queues[i].name, sizeof queues[i].name, "q%u", i);
        free(pool.queues);
        pool.queues = queues;
        pool.count = count;
        struct exposition *page = exposition_read(reg);
        assert_int_equal(exposition_count(page, "app_queue_depth"), count);
        exposition_free(page);
    }
    free(pool.queues);
    pool.queues = NULL;
    assert_shown(reg, "app_queue_depth{queue=\"q0\"}", NULL);
    tacho_registry_free(reg);
}

static void when_begin_fails_nothing_is_shown_and_end_is_not_called(void **state)
{
    struct queue queues[] = { { "mail", 3, 1, 0.5 } };
    (void)state;
    tacho_registry *reg = new_registry();
    struct pool pool = new_pool(queues, 1);
    (void)ADD(reg, queue_rows, &pool.array);
    pool.refuses = TACHO_ERR_BUSY;
    assert_shown(reg, "app_jobs_total{queue=\"mail\"}", NULL);
    assert_shown(reg, "tacho_collector_success{collector=\"app_jobs_total\"}", "0");
    assert_int_equal(pool.ended, 0);
    pool.refuses = TACHO_OK;
    assert_shown(reg, "app_jobs_total{queue=\"mail\"}", "3");
    assert_true(pool.ended == 1 && pool.begun == 1);
    tacho_registry_free(reg);
}

static void set_queue(struct queue *queue, const char *name, uint32_t jobs)
{
    (void)snprintf(queue->name, sizeof queue->name, "%s", name);
    queue->jobs = jobs;
}

static void what_wraps_follows_an_element_as_long_as_it_is_shown_under_its_name(void **state)
{
    struct queue queues[3] = { { "", 0, 0, 0 } };
    (void)state;
    tacho_registry *reg = new_registry();
    struct pool pool = new_pool(queues, 3);
    (void)ADD(reg, queue_rows, &pool.array);
    for (size_t i = 0; i < 3; i++) set_queue(&queues[i], (const char *[]){ "a", "b", "c" }[i], UINT32_MAX);
    assert_shown(reg, "app_jobs_total{queue=\"a\"}", "4294967295");
    set_queue(&queues[0], "a", 4);
    set_queue(&queues[1], "new", 5);
    assert_shown(reg, "app_jobs_total{queue=\"a\"}", "4294967300");
    assert_shown(reg, "app_jobs_total{queue=\"new\"}", "5");
    set_queue(&queues[0], "", 0); /* not in use for a scrape */
    pool.count = 2;
    assert_shown(reg, "app_jobs_total{queue=\"c\"}", NULL);
    pool.count = 3;
    set_queue(&queues[0], "a", 1);
    set_queue(&queues[2], "c", 2);
    assert_shown(reg, "app_jobs_total{queue=\"a\"}", "1");
    assert_shown(reg, "app_jobs_total{queue=\"c\"}", "2");
    set_queue(&queues[1], "new", 2);
    assert_shown(reg, "app_jobs_total{queue=\"new\"}", "4294967298");
    tacho_registry_free(reg);
}

static void elements_beyond_the_maximum_are_left_out_and_told(void **state)
{
    static struct queue queues[1001];
    (void)state;
    struct hearing hearing = { .listener = { hear } };
    for (uint32_t i = 0; i < TACHO_COUNT(queues); i++)
        (void)snprintf(queues[i].name, sizeof queues[i].name, "q%u", i);
    for (int limited = 0; limited < 2; limited++) {
        tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .listener = &hearing.listener });
        struct pool pool = new_pool(queues, limited ? 5 : 1001);
        pool.array.max_count = limited ? 4 : 0;
        (void)ADD(reg, queue_rows, &pool.array);
        pool.array.max_count = 1; /* is looked at when it is added */
        hearing.calls = 0;
        struct exposition *page = exposition_read(reg);
        assert_int_equal(exposition_count(page, "app_jobs_total"), limited ? 4 : 1000);
        exposition_free(page);
        assert_true(hearing.calls == 1 && strstr(hearing.last, "max_count"));
        pool.count--;
        page = exposition_read(reg);
        assert_int_equal(exposition_count(page, "app_queue_load_ratio"), limited ? 4 : 1000);
        exposition_free(page);
        assert_int_equal(hearing.calls, 1);
        tacho_registry_free(reg);
    }
}

static void an_array_that_goes_wrong_hides_its_own_table_alone(void **state)
{
    struct queue queues[] = { { "same", 1, 1, 1 }, { "same", 2, 2, 2 } };
    static char bytes[4 * sizeof(struct queue)];
    (void)state;
    tacho_registry *reg = new_registry();
    struct pool pool = new_pool(queues, 2);
    (void)ADD(reg, queue_rows, &pool.array);
    assert_int_equal(TACHO_MIRROR(reg, variables), TACHO_OK);
    assert_shown(reg, "tacho_collector_success{collector=\"app_jobs_total\"}", "0");
    assert_shown(reg, "app_jobs_total{queue=\"same\"}", NULL);
    assert_shown(reg, "app_called", "7");
    set_queue(&queues[1], "other", 2);
    assert_shown(reg, "app_jobs_total{queue=\"other\"}", "2");
    pool.queues = (struct queue *)(void *)(bytes + 1 + (8 - (uintptr_t)bytes % 8) % 8); /* where no struct can be */
    pool.count = 1;
    assert_shown(reg, "tacho_collector_success{collector=\"app_jobs_total\"}", "0");
    assert_int_equal(pool.begun, pool.ended);
    pool.queues = queues;
    assert_shown(reg, "app_jobs_total{queue=\"same\"}", "1");
    tacho_registry_free(reg);
}

/* ---- Tables that are refused ------------------------------------------------------------------------------------ */

static struct { uint64_t u64; uint32_t u32, other; int32_t i32; double d; char bytes[16]; } odd;

#define ARRAY(size, labels) &(tacho_mirror_array){ .base = &odd, .stride = (size), .count = 1, .label = (labels) }
#define SOURCE(offset, size) { NULL, (offset), (size), TACHO_MIRROR_SIGNED }
#define VARIABLE(field) .from = TACHO_NUMBER(odd.field)
#define ELEMENT .desc = { GAUGE("app_a"), .labels = { "id" } }

static void a_table_that_makes_no_sense_is_refused_in_words(void **state)
{
    static const char *const ids[] = { "x", NULL };
    const struct { const char *words; tacho_mirror rows[2]; size_t count; tacho_mirror_array *array; } cases[] = {
        { "1 to 65536 rows", { { ELEMENT } }, 0, NULL },
        { "1 to 65536 rows", { { ELEMENT } }, 65537, NULL },
        { "the first one with a name", { { .from = TACHO_NUMBER(odd.u64) } }, 1, NULL },
        { "either a number or a function", { { .desc = { GAUGE("app_a") } } }, 1, NULL },
        { "either a number or a function", { { .desc = { GAUGE("app_a") }, VARIABLE(u64), .read = give_seven } }, 1, NULL },
        { "family 'app_b'", { { .desc = { GAUGE("app_a") }, VARIABLE(u64) }, { .desc = { GAUGE("app_b") } } }, 2, NULL },
        { "its type is", { { .desc = { .type = TACHO_HISTOGRAM, .name = "app_a", .help = "Help." }, VARIABLE(u64) } }, 1, NULL },
        { "its type is", { { .desc = { .name = "app_a", .help = "Help." }, VARIABLE(u64) } }, 1, NULL },
        { "a scale is", { { .desc = { GAUGE("app_a"), .scale = -1 }, VARIABLE(u64) } }, 1, NULL },
        { "a scale is", { { .desc = { GAUGE("app_a"), .scale = (double)INFINITY }, VARIABLE(u64) } }, 1, NULL },
        { "a scale is", { { .desc = { GAUGE("app_a"), .scale = (double)NAN }, VARIABLE(u64) } }, 1, NULL },
        { "`wraps`", { { .desc = { GAUGE("app_a") }, VARIABLE(u32), .wraps = 1 } }, 1, NULL },
        { "`wraps`", { { .desc = { COUNTER("app_total") }, VARIABLE(u64), .wraps = 1 } }, 1, NULL },
        { "`wraps`", { { .desc = { COUNTER("app_total") }, VARIABLE(i32), .wraps = 1 } }, 1, NULL },
        { "`wraps`", { { .desc = { COUNTER("app_total") }, VARIABLE(d), .wraps = 1 } }, 1, NULL },
        { "`wraps`", { { .desc = { COUNTER("app_total") }, .read = give_seven, .wraps = 1 } }, 1, NULL },
        { "halves", { { .desc = { GAUGE("app_a") }, .from = { odd.bytes + 1, 0, 8, TACHO_MIRROR_UNSIGNED } } }, 1, NULL },
        { "is none that", { { .desc = { GAUGE("app_a") }, .from = { odd.bytes, 0, 3, TACHO_MIRROR_UNSIGNED } } }, 1, NULL },
        { "is none that", { { .desc = { GAUGE("app_a") }, .from = { odd.bytes, 0, 2, TACHO_MIRROR_FLOAT } } }, 1, NULL },
        { "is none that", { { .desc = { GAUGE("app_a") }, .from = { odd.bytes, 0, 8, 9 } } }, 1, NULL },
        { "is none that", { { .desc = { GAUGE("app_a") }, .from = { odd.bytes, 0, 0, TACHO_MIRROR_SIGNED } } }, 1, NULL },
        { "one value for each label", { { ELEMENT, VARIABLE(u64) } }, 1, NULL },
        { "one value for each label", { { ELEMENT, VARIABLE(u64), .values = { "a", "b" } } }, 1, NULL },
        { "one value for each label", { { .desc = { GAUGE("app_a") }, VARIABLE(u64), .values = { "a" } } }, 1, NULL },
        { "the same label values",
          { { ELEMENT, VARIABLE(u64), .values = { "a" } }, { VARIABLE(u32), .values = { "a" } } }, 2, NULL },
        { "none that the label lists",
          { { .desc = { GAUGE("app_a"), .labels = { "id" }, .values = { ids } }, VARIABLE(u64), .values = { "y" } } }, 1, NULL },
        { "TACHO_MEMBER is for an array", { { .desc = { GAUGE("app_a") }, .from = SOURCE(8, 8) } }, 1, NULL },
        { "TACHO_NUMBER for none", { { ELEMENT, VARIABLE(u64) } }, 1, ARRAY(sizeof odd, NULL) },
        { "each row has labels", { { .desc = { GAUGE("app_a") }, .from = SOURCE(0, 8) } }, 1, ARRAY(sizeof odd, NULL) },
        { "in an array each row has a name",
          { { ELEMENT, .from = SOURCE(0, 8) }, { .from = SOURCE(8, 4) } }, 2, ARRAY(sizeof odd, NULL) },
        { "come from the array", { { ELEMENT, .from = SOURCE(0, 8), .values = { "a" } } }, 1, ARRAY(sizeof odd, NULL) },
        { "outside", { { ELEMENT, .from = SOURCE(sizeof odd, 8) } }, 1, ARRAY(sizeof odd, NULL) },
        { "outside", { { ELEMENT, .from = SOURCE(SIZE_MAX - 7, 8) } }, 1, ARRAY(sizeof odd, NULL) },
        { "halves", { { ELEMENT, .from = SOURCE(1, 4) } }, 1, ARRAY(sizeof odd, NULL) },
        { "halves", { { ELEMENT, .from = SOURCE(0, 8) } }, 1, ARRAY(9, NULL) },
        { "has a stride", { { ELEMENT, .read = give_seven } }, 1, ARRAY(0, NULL) },
        { "has one label",
          { { .desc = { GAUGE("app_a"), .labels = { "a", "b" } }, .read = give_seven } }, 1, ARRAY(sizeof odd, NULL) },
        { "the same number of labels",
          { { ELEMENT, .read = give_seven }, { .desc = { GAUGE("app_b"), .labels = { "a", "b" } }, .read = give_seven } }, 2,
          ARRAY(sizeof odd, queue_label) },
    };
    (void)state;
    tacho_registry *reg = new_registry();
    for (size_t i = 0; i < TACHO_COUNT(cases); i++) {
        tacho_collector *collector = &(tacho_collector){ NULL };
        tacho_err err = tacho_mirror_add(reg, cases[i].rows, cases[i].count, cases[i].array, &collector);
        const char *words = tacho_registry_error(reg);
        if (err != TACHO_ERR_ARG || collector || !strstr(words, cases[i].words))
            fail_msg("%zu, %s: error %d, %s", i, cases[i].words, (int)err, words);
    }
    assert_int_equal(tacho_mirror_add(reg, NULL, 1, NULL, NULL), TACHO_ERR_ARG);
    assert_int_equal(TACHO_MIRROR(NULL, variables), TACHO_ERR_ARG);
    tacho_registry_free(reg);
}

static void names_are_held_to_the_rules_of_all_families(void **state)
{
    static const tacho_mirror bad = { .desc = { COUNTER("app_a") }, .from = TACHO_NUMBER(odd.u64) };
    static const tacho_mirror twice[] = {
        { .desc = { GAUGE("app_a") }, .from = TACHO_NUMBER(odd.u64) },
        { .desc = { GAUGE("app_a") }, .from = TACHO_NUMBER(odd.u32) },
    };
    (void)state;
    tacho_registry *reg = new_registry();
    size_t before = tacho_registry_memory(reg, NULL);
    assert_int_equal(tacho_mirror_add(reg, &bad, 1, NULL, NULL), TACHO_ERR_DESC);
    assert_int_equal(TACHO_MIRROR(reg, twice), TACHO_ERR_DUPLICATE);
    assert_int_equal(TACHO_MIRROR(reg, turning_rows), TACHO_OK);
    assert_int_equal(TACHO_MIRROR(reg, turning_rows), TACHO_ERR_DUPLICATE);
    assert_int_equal(tacho_registry_lint(reg, NULL), 0);
    assert_int_equal(tacho_registry_memory(reg, NULL), before);
    tacho_registry_free(reg);
}

/* ---- Life ------------------------------------------------------------------------------------------------------- */

static void what_was_shown_may_go_after_the_removal(void **state)
{
    (void)state;
    tacho_registry *reg = new_registry();
    for (int i = 0; i < 20; i++) {
        uint64_t *number = malloc(sizeof *number);
        tacho_mirror *rows = calloc(1, sizeof *rows);
        assert_true(number && rows);
        *number = 5;
        rows[0] = (tacho_mirror){ .desc = { GAUGE("app_a") }, .from = TACHO_NUMBER(*number) };
        tacho_collector *collector = add(reg, rows, 1, NULL);
        assert_shown(reg, "app_a", "5");
        assert_int_equal(tacho_registry_remove(reg, collector), TACHO_OK);
        free(rows);
        free(number);
        assert_shown(reg, "app_a", NULL);
    }
    tacho_registry_free(reg);
}

static struct { size_t calls, fail_at; } heap;

static bool heap_hook(size_t size)
{
    (void)size;
    return ++heap.calls != heap.fail_at;
}

static void without_memory_nothing_is_left_behind(void **state)
{
    struct queue queues[] = { { "mail", 3, 1, 0.5 } };
    (void)state;
    tacho_registry *reg = new_registry();
    struct pool pool = new_pool(queues, 1);
    tacho_err err = TACHO_ERR_NOMEM;
    for (heap.fail_at = 1; err; heap.fail_at++) {
        heap.calls = 0;
        tacho__alloc_hook = heap_hook;
        err = tacho_mirror_add(reg, queue_rows, TACHO_COUNT(queue_rows), &pool.array, NULL);
        tacho__alloc_hook = TACHO__NO_HOOK;
        assert_true(err == TACHO_OK || err == TACHO_ERR_NOMEM);
    }
    assert_true(heap.fail_at > 5);
    assert_shown(reg, "app_jobs_total{queue=\"mail\"}", "3");
    pool.array.max_count = UINT32_MAX; /* more than there is, in a table of another name */
    tacho_mirror rows[] = { queue_rows[0] };
    rows[0].desc.name = "app_more_total";
    tacho__alloc_hook = heap_hook;
    heap.calls = 0, heap.fail_at = 4;
    assert_int_equal(tacho_mirror_add(reg, rows, 1, &pool.array, NULL), TACHO_ERR_NOMEM);
    tacho__alloc_hook = TACHO__NO_HOOK;
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_of_every_type_are_shown_as_they_are_at_the_scrape),
        cmocka_unit_test(a_scrape_writes_to_nothing_that_it_shows),
        cmocka_unit_test(a_number_is_scaled_exactly_where_that_can_be),
        cmocka_unit_test(a_counter_that_is_none_now_is_left_out_and_told_and_the_rest_is_shown),
        cmocka_unit_test(a_number_that_wraps_is_a_counter_that_does_not),
        cmocka_unit_test(what_wraps_is_counted_exactly_by_any_steps_below_a_turn),
        cmocka_unit_test(a_table_wraps_in_each_registry_by_itself),
        cmocka_unit_test(each_element_of_an_array_is_a_series),
        cmocka_unit_test(an_array_without_a_label_function_is_labelled_by_index),
        cmocka_unit_test(an_array_may_grow_shrink_and_move_between_scrapes),
        cmocka_unit_test(when_begin_fails_nothing_is_shown_and_end_is_not_called),
        cmocka_unit_test(what_wraps_follows_an_element_as_long_as_it_is_shown_under_its_name),
        cmocka_unit_test(elements_beyond_the_maximum_are_left_out_and_told),
        cmocka_unit_test(an_array_that_goes_wrong_hides_its_own_table_alone),
        cmocka_unit_test(a_table_that_makes_no_sense_is_refused_in_words),
        cmocka_unit_test(names_are_held_to_the_rules_of_all_families),
        cmocka_unit_test(what_was_shown_may_go_after_the_removal),
        cmocka_unit_test(without_memory_nothing_is_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
