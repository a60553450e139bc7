/*
 * test_budget.c - memory is bounded: by the byte budget, by what the system grants, and over time.
 *
 * Under sanitizers resident memory is theirs, not ours, and limits on address space cannot be met: what measures
 * those is left out there.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tacho/expose.h>

#include "support/exposition.h"

#if defined(TACHO_SANITIZED)
enum { SANITIZED = 1, CHURNED = 200000, LABEL_SETS = 200000 };
#else
enum { SANITIZED = 0, CHURNED = TACHO_HAS_RSEQ ? 10000000 : 1000000, LABEL_SETS = 1000000 };
#endif
enum { MIB = 1 << 20, SETTLED = 100000 };

static tacho_counter_vec *counters;
static tacho_gauge_vec *gauges;
static tacho_histogram_vec *histograms;
static tacho_counter *plain;

static const tacho_desc rows[] = {
    { .counter = &plain, .name = "plain_total", .help = "Counters." },
    { .counter_vec = &counters, .name = "c_total", .help = "Counters.", .labels = { "id" }, .max_series = UINT32_MAX },
    { .gauge_vec = &gauges, .name = "g", .help = "Gauges.", .labels = { "id" }, .max_series = UINT32_MAX },
    { .histogram_vec = &histograms, .name = "h", .help = "Histograms.", .labels = { "id" }, .max_series = UINT32_MAX },
};

/* The n-th number of /proc/self/statm in bytes: 0 all of the address space, 1 resident. */
static size_t process_bytes(int n)
{
    unsigned long pages[2] = { 0, 0 };
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file) return 0;
    if (fscanf(file, "%lu %lu", &pages[0], &pages[1]) != 2) pages[0] = pages[1] = 0;
    fclose(file);
    return pages[n] * (size_t)sysconf(_SC_PAGESIZE);
}

static size_t resident(void)
{
    return process_bytes(1);
}

static tacho_registry *registry_of(size_t budget)
{
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .byte_budget = budget });
    assert_non_null(reg);
    if (TACHO_DEFINE(reg, rows)) fail_msg("%s", tacho_registry_error(reg));
    return reg;
}

/* ---- A million label sets in one MiB ------------------------------------------------------------------- */

/* Count label sets number `from` to `to` of a kind: c, g, h, or a of all three in turn. */
static void use_label_sets(char kind, uint32_t from, uint32_t to)
{
    char id[64];
    for (uint32_t i = from; i < to; i++) {
        (void)snprintf(id, sizeof id, "%u-%.*s", i, (int)(i % 40), "----------------------------------------");
        if (kind == 'c' || (kind == 'a' && i % 3 == 0)) tacho_counter_inc_at(counters, TACHO_LABELS(id));
        if (kind == 'g' || (kind == 'a' && i % 3 == 1)) tacho_gauge_set_at(gauges, TACHO_LABELS(id), i);
        if (kind == 'h' || (kind == 'a' && i % 3 == 2)) tacho_histogram_observe_at(histograms, TACHO_LABELS(id), 1);
    }
}

static double rejected(const struct exposition *page, const char *family)
{
    char series[64];
    (void)snprintf(series, sizeof series, "tacho_series_rejected_total{family=\"%s\"}", family);
    if (!exposition_find(page, series)) fail_msg("%s is not shown", series);
    return exposition_value(page, series);
}

/* Everything that was counted is shown: in a series of its own, or under _other; or, for gauges, as rejected. */
static void check_totals(tacho_registry *reg, double c, double g, double h)
{
    size_t budget, used = tacho_registry_memory(reg, &budget);
    struct exposition *page = exposition_read(reg);
    assert_true(used <= budget);
    assert_true(exposition_sum(page, "c_total") == c);
    assert_true(exposition_sum(page, "h_count") == h && exposition_sum(page, "h_sum") == h);
    assert_true(exposition_find(page, "c_total{id=\"_other\"}") ? rejected(page, "c_total") ==
                exposition_value(page, "c_total{id=\"_other\"}") : rejected(page, "c_total") == 0);
    assert_true(exposition_find(page, "h_count{id=\"_other\"}") ? rejected(page, "h") ==
                exposition_value(page, "h_count{id=\"_other\"}") : rejected(page, "h") == 0);
    assert_null(exposition_find(page, "g{id=\"_other\"}"));
    assert_true(rejected(page, "g") == g - (double)exposition_count(page, "g"));
    exposition_free(page);
}

static void a_registry_of_one_mib_given_a_million_label_sets_stays_within_it(void **state)
{
    (void)state;
    for (const char *kind = "cgha"; *kind; kind++) {
        tacho_registry *reg = registry_of(MIB);
        size_t budget, grown = 0;
        for (uint32_t done = 0; done < LABEL_SETS; done += LABEL_SETS / 10) {
            size_t before = resident();
            use_label_sets(*kind, done, done + LABEL_SETS / 10);
            grown += resident() - before; /* less what reading takes */
            assert_true(tacho_registry_memory(reg, &budget) <= MIB);
            assert_int_equal(budget, MIB);
            exposition_free(exposition_read(reg)); /* valid all the way */
        }
        if (!SANITIZED && (ssize_t)grown > MIB + 128 * 1024) fail_msg("resident: %zd bytes more", (ssize_t)grown);
        bool c = *kind == 'c', g = *kind == 'g', h = *kind == 'h', each = *kind == 'a';
        check_totals(reg, each ? (LABEL_SETS + 2) / 3 : c * LABEL_SETS, each ? (LABEL_SETS + 1) / 3 : g * LABEL_SETS,
                     each ? LABEL_SETS / 3 : h * LABEL_SETS);
        print_message("%c: %zu bytes used, resident grew by %zd\n", *kind, tacho_registry_memory(reg, NULL),
                      (ssize_t)grown);
        tacho_registry_free(reg);
    }
}

static void what_exists_goes_on_counting_when_the_budget_is_spent(void **state)
{
    tacho_registry *reg = registry_of(256 << 10);
    (void)state;
    tacho_counter *old = tacho_counter_at(counters, TACHO_LABELS("old"));
    use_label_sets('a', 0, 30000);
    for (int i = 0; i < 1000; i++) {
        tacho_counter_inc(plain);
        tacho_counter_inc(old);
        tacho_counter_inc_at(counters, TACHO_LABELS("old"));
    }
    struct exposition *page = exposition_read(reg);
    assert_true(exposition_value(page, "plain_total") == 1000);
    assert_true(exposition_value(page, "c_total{id=\"old\"}") == 2000);
    assert_true(rejected(page, "c_total") > 0);
    exposition_free(page);
    assert_int_equal(tacho_counter_clear(counters), TACHO_OK);
    tacho_counter_inc_at(counters, TACHO_LABELS("new")); /* what was removed makes room within its family */
    page = exposition_read(reg);
    assert_true(exposition_value(page, "c_total{id=\"new\"}") == 1);
    exposition_free(page);
    tacho_registry_free(reg);
}

static void any_budget_works_and_is_said_if_it_is_not_what_was_asked_for(void **state)
{
    static const struct {
        size_t asked, got;
        bool said;
    } budgets[] = {
        { 1, 64 << 10, false },           { 64 << 10, 64 << 10, false }, { 100000, 98304, false }, { MIB, MIB, false },
        { 0, (size_t)64 << 20, false },   { (size_t)4 << 30, (size_t)4 << 30, false },
        { (size_t)5 << 30, (size_t)4 << 30, true }, { SIZE_MAX, (size_t)4 << 30, true },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(budgets); i++) {
        size_t budget = 0;
        tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .byte_budget = budgets[i].asked });
        assert_non_null(reg);
        (void)tacho_registry_memory(reg, &budget);
        assert_int_equal(budget, budgets[i].got);
        if (budgets[i].said)
            assert_non_null(strstr(tacho_registry_error(reg), "byte budget"));
        else
            assert_null(tacho_registry_error(reg));
        if (TACHO_DEFINE(reg, rows)) fail_msg("%zu bytes: %s", budgets[i].asked, tacho_registry_error(reg));
        use_label_sets('a', 0, 3000);
        check_totals(reg, 1000, 1000, 1000);
        tacho_registry_free(reg);
    }
}

/* ---- What the system grants ---------------------------------------------------------------------------- */

enum { CHILD_OK, CHILD_CANNOT, CHILD_TIGHT, CHILD_WRONG };
typedef int child_part(size_t room);

/* Run a part in a child, which says how it went by its exit status. */
static int in_child(child_part *part, size_t room)
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) _exit(part(room));
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status)) fail_msg("%zu bytes of room: the child died of signal %d", room, WTERMSIG(status));
    return WEXITSTATUS(status);
}

/* Set a soft limit, as far as the hard one lets it; how much that leaves. */
static size_t leave_room(__rlimit_resource_t resource, size_t room)
{
    struct rlimit limit;
    size_t now = process_bytes(0);
    if (getrlimit(resource, &limit)) return 0;
    limit.rlim_cur = now + room < limit.rlim_max ? now + room : limit.rlim_max;
    return setrlimit(resource, &limit) || limit.rlim_cur < now ? 0 : limit.rlim_cur - now;
}

static void lift_limits(void)
{
    struct rlimit limit;
    (void)munlockall();
    if (getrlimit(RLIMIT_AS, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_AS, &limit);
    }
}

/* Use a registry that had to be smaller. */
static int use_what_is_granted(tacho_registry *reg)
{
    static char text[256 << 10];
    char why[512];
    tacho_err err = TACHO_DEFINE(reg, rows);
    if (err) return err == TACHO_ERR_NOMEM ? CHILD_TIGHT : CHILD_WRONG;
    use_label_sets('c', 0, 1000);
    tacho_counter_inc(plain);
    tacho_scrape *scrape = tacho_scrape_new(reg, TACHO_TEXT);
    if (!scrape) return CHILD_TIGHT;
    size_t len = tacho_scrape_read(scrape, text, sizeof text);
    tacho_scrape_free(scrape);
    lift_limits(); /* the reader of the tests needs memory too */
    struct exposition *page = exposition_parse(text, len, why, sizeof why);
    bool right = page && exposition_value(page, "plain_total") == 1 && exposition_sum(page, "c_total") == 1000;
    if (!page) fprintf(stderr, "%s\n", why);
    exposition_free(page);
    return right ? CHILD_OK : CHILD_WRONG;
}

static int work_smaller(void)
{
    size_t budget = 0;
    tacho_registry *reg = tacho_registry_new(NULL); /* 64 MiB, which do not fit */
    if (!reg) return CHILD_TIGHT;
    const char *words = tacho_registry_error(reg);
    (void)tacho_registry_memory(reg, &budget);
    if (budget >= (size_t)64 << 20 || !words || !strstr(words, "byte budget")) return CHILD_WRONG;
    int status = use_what_is_granted(reg);
    tacho_registry_free(reg);
    return status;
}

static int within_address_space(size_t room)
{
    return leave_room(RLIMIT_AS, room) == room ? work_smaller() : CHILD_CANNOT;
}

/* Everything locked, and the limit on that is small. Root has none, so the child becomes nobody. */
static int within_locked_memory(size_t room)
{
    if (leave_room(RLIMIT_MEMLOCK, room) != room) return CHILD_CANNOT;
    if (geteuid() == 0 && (setgid(65534) || setuid(65534))) return CHILD_CANNOT;
    if (mlockall(MCL_CURRENT | MCL_FUTURE)) return CHILD_CANNOT;
    void *more = mmap(NULL, 2 * room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return more == MAP_FAILED ? work_smaller() : CHILD_CANNOT; /* else the limit does not hold here */
}

static void check_grants(child_part *part)
{
    size_t tight = 0, works = 0;
    if (SANITIZED) skip();
    for (size_t room = 40 << 20; room >= 8 << 10; room = room / 3 * 2) {
        int status = in_child(part, room);
        if (status == CHILD_WRONG) fail_msg("%zu bytes of room: something is wrong", room);
        works += status == CHILD_OK;
        tight += status == CHILD_TIGHT;
        if (room > 2 << 20) assert_int_not_equal(status, CHILD_TIGHT);
    }
    print_message("%zu limits let it work smaller, %zu not at all\n", works, tight);
    if (works == 0) print_message("this limit cannot be set here\n");
    if (works == 0) skip();
}

static void with_little_address_space_it_works_smaller_and_says_so(void **state)
{
    (void)state;
    check_grants(within_address_space);
}

static void with_all_memory_locked_it_works_smaller_and_says_so(void **state)
{
    (void)state;
    check_grants(within_locked_memory);
}

/* ---- Over time ----------------------------------------------------------------------------------------- */

/* Create label set number i of a kind and remove the one `lives` sets before it. */
static void churn(const char *kind, uint32_t i, uint32_t lives)
{
    char id[1200], old[1200];
    bool long_ones = strchr(kind, 'l') != NULL;
    uint32_t before = i - lives;
    int len = long_ones ? (int)(i * 7919u % 1000) : 0, old_len = long_ones ? (int)(before * 7919u % 1000) : 0;
    (void)snprintf(id, sizeof id, "%u%0*d", i, len, 0);
    (void)snprintf(old, sizeof old, "%u%0*d", before, old_len, 0);
    if (kind[0] == 'c') {
        tacho_counter *counter = tacho_counter_at(counters, TACHO_LABELS(id));
        tacho_counter_add(counter, i);
        assert_true(tacho_counter_value(counter) == i); /* a new one begins at 0 */
        if (i >= lives) assert_int_equal(tacho_counter_remove_at(counters, TACHO_LABELS(old)), TACHO_OK);
    } else if (kind[0] == 'g') {
        tacho_gauge_add_at(gauges, TACHO_LABELS(id), 1);
        if (i >= lives) assert_int_equal(tacho_gauge_remove_at(gauges, TACHO_LABELS(old)), TACHO_OK);
    } else {
        tacho_histogram *histogram = tacho_histogram_at(histograms, TACHO_LABELS(id));
        tacho_histogram_observe(histogram, 1);
        assert_int_equal(tacho_histogram_count(histogram), 1);
        assert_true(tacho_histogram_sum(histogram) == 1);
        if (i >= lives) assert_int_equal(tacho_histogram_remove_at(histograms, TACHO_LABELS(old)), TACHO_OK);
    }
}

static void label_sets_created_and_removed_without_end_take_no_more_memory(void **state)
{
    static const struct {
        const char *name, *kind;
        uint32_t count, lives;
    } churns[] = {
        { "counters, one at a time", "c", CHURNED, 0 },
        { "counters, 100 alive", "c", CHURNED / 10, 100 },
        { "counters with values of any length", "cl", CHURNED / 10, 100 },
        { "gauges", "g", CHURNED / 10, 10 },
        { "histograms", "h", CHURNED / 10, 10 },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(churns); i++) {
        tacho_registry *reg = registry_of(0);
        size_t used = 0, pages = 0, settled = churns[i].count > SETTLED ? SETTLED : churns[i].count / 2;
        for (uint32_t k = 0; k < churns[i].count; k++) {
            if (k == settled) used = tacho_registry_memory(reg, NULL);
            if (k == settled) pages = resident();
            churn(churns[i].kind, k, churns[i].lives);
        }
        size_t used_after = tacho_registry_memory(reg, NULL), pages_after = resident();
        print_message("%s: %u sets, budget used %zu then %+zd, resident %+zd\n", churns[i].name, churns[i].count, used,
                      (ssize_t)(used_after - used), (ssize_t)(pages_after - pages));
        assert_true(used_after < used + MIB);
        if (!SANITIZED) assert_true(pages_after < pages + MIB);
        struct exposition *page = exposition_read(reg);
        assert_true(rejected(page, "c_total") == 0 && rejected(page, "g") == 0 && rejected(page, "h") == 0);
        exposition_free(page);
        tacho_registry_free(reg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_little_address_space_it_works_smaller_and_says_so), /* first, while the process is small */
        cmocka_unit_test(with_all_memory_locked_it_works_smaller_and_says_so),
        cmocka_unit_test(a_registry_of_one_mib_given_a_million_label_sets_stays_within_it),
        cmocka_unit_test(what_exists_goes_on_counting_when_the_budget_is_spent),
        cmocka_unit_test(any_budget_works_and_is_said_if_it_is_not_what_was_asked_for),
        cmocka_unit_test(label_sets_created_and_removed_without_end_take_no_more_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
