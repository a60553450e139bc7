/*
 * tacho_test.h - for your own tests: what a piece of code changed in the metrics, with clocks and an allocator that obey.
 *
 * It is in the same library, costs a program that does not call it nothing, and belongs into tests only: tacho.h leaves it out.
 * It needs no test framework and works with any.
 *
 *   TACHO_TEST_DELTA(reg, "jobs_total{queue=\"mail\"}", 2) {     the block makes the counter grow by 2
 *       send_all(&mails);
 *   }
 *   TACHO_TEST_VALUE(reg, "queue_depth", 0);                     now the gauge is 0
 *   TACHO_TEST_PAGE(reg, "jobs_total{queue=\"mail\"} 2\n",       and the page of these families is this one
 *                   &(tacho_scrape_options){ .names = names, .name_count = 1 });
 *   assert(tacho_test_value(reg, "job_seconds_bucket{le=\"0.5\"}") == 1);
 *
 * A series is named as a page shows it: jobs_total{queue="mail"}, its labels in any order, all of them, those that the registry
 * gives to every sample included; what is in quotes has \\, \" and \n for backslash, quote and line feed. Names that need quotes
 * stand in the braces: {"my.metric",queue="mail"}. So the parts of every type have their names:
 *
 *   histogram   x_count  x_sum  x_bucket{le="0.5"}        le and quantile are compared as numbers
 *   summary     x_count  x_sum  x{quantile="0.99"}        a quantile is within 1 % (summary.h)
 *   stateset    x{x="busy"}, 0 or 1
 *   info        x_info{version="1.2"}, 1
 *   any         x_created, if it keeps that
 *
 * Who has names and values in variables takes the functions ending in _at, which want them unescaped.
 *
 * Each reading is a scrape of the families with that name: it runs the collector that shows them.
 *
 * Words say what is wrong: no such series, and which is the nearest; expected and actual, line by line. They go into `why`, at
 * most `why_size` bytes with the NUL, what is too long cut at its end; or, if `why` is NULL, to standard error. No errors: no words.
 *
 * Any thread may read, compare and expect. Clocks and allocator are those of the whole process, so tests that move them cannot run
 * beside others in threads of one process.
 */
#ifndef TACHO_TEST_H
#define TACHO_TEST_H

#include <tacho/expose.h>

TACHO_BEGIN_DECLS

/* ---- Reading ------------------------------------------------------------------------------------------------------ */

/**
 * The value of a series, in `value`, which may be NULL. On any error it is NaN. TACHO_ERR_MISSING: there is no such series;
 * TACHO_ERR_ARG: registry or series is NULL, or that is none; TACHO_ERR_NOMEM.
 */
TACHO_API tacho_err tacho_test_read(tacho_registry *reg, const char *series, double *value, char *why,
                                    size_t why_size); /* [shared | one scrape | 0.1] */

/** The same for a name and labels, ended by a name NULL; an empty value equals an absent label. NULL labels: none. */
TACHO_API tacho_err tacho_test_read_at(tacho_registry *reg, const char *name, const tacho_constant *labels, double *value, char *why,
                                       size_t why_size); /* [shared | one scrape | 0.1] */

/** The value alone, for comparisons: NaN, which equals nothing, and words on standard error for what is not there. */
TACHO_API double tacho_test_value(tacho_registry *reg, const char *series); /* [shared | one scrape | 0.1] */
TACHO_API double tacho_test_value_at(tacho_registry *reg, const char *name,
                                     const tacho_constant *labels); /* [shared | one scrape | 0.1] */

/**
 * How many samples have this name and at least these labels: "jobs_total" counts the series of a family, and with all labels the
 * answer is 1 or 0. Of a misspelt one it is 0 as well, so see that it was 1 before. SIZE_MAX, and words on standard error, if that
 * cannot be told.
 */
TACHO_API size_t tacho_test_count(tacho_registry *reg, const char *series); /* [shared | one scrape | 0.1] */

/* ---- Comparing pages ------------------------------------------------------------------------------------------------ */

/**
 * Compare a page with the lines that are wanted, and return in how many samples and metadata they differ; what could not be
 * compared is one difference, so 0 always means that they are the same.
 *
 * The order of families, series and labels does not matter, nor how a number is written. Lines of metadata (# HELP, # TYPE, # UNIT)
 * are compared where `want` has them; other comments and empty lines are none, and blanks before a line are left out. Each sample
 * must be there on both sides. NULL options: text 0.0.4, and all families but those that begin with tacho_, of which only the
 * samples in `want` are compared; options show what they say (expose.h), those too if `names` are given. The format is one of the
 * texts or OpenMetrics, where what stands behind the value, exemplar and time stamp, has to be the same to the letter.
 *
 *   expected  jobs_total{queue="mail"} 3
 *   actual    jobs_total{queue="mail"} 2
 *   expected  jobs_total{queue="news"} 1
 *   actual    (is not there)
 */
TACHO_API size_t tacho_test_compare(tacho_registry *reg, const char *want, const tacho_scrape_options *options, char *why,
                                    size_t why_size); /* [shared | one scrape | 0.1] */

/* ---- Expectations that fail a test ------------------------------------------------------------------------------------
 * Whole numbers are compared exactly, others to a relative error of 1e-9 and what rounding takes, since sums of fractions are not
 * exact. NaN equals NaN. */

/** Hears of failures; embed it and find your object with TACHO_CONTAINER. */
typedef struct tacho_test_reporter {
    /** `words` end without a line feed and are gone after the call, which may leave by longjmp, or return: the test goes on. */
    void (*failed)(struct tacho_test_reporter *self, const char *file, int line, const char *words);
} tacho_test_reporter;

/**
 * Hand failures to a test framework, for the whole process: for cmocka a function that calls print_error and _fail(file, line),
 * for Unity one that calls UNITY_TEST_FAIL(line, words). NULL, as in the beginning: words go to standard error, and the process
 * aborts, as with assert. Returns the one before.
 */
TACHO_API tacho_test_reporter *tacho_test_report_to(tacho_test_reporter *reporter); /* [shared | O(1) | 0.1] */

/**
 * The block that follows changes the value of a series by `delta`. A series that is not there, before or after, counts as 0, but
 * its name has to be that of a family, and its labels those of the other series in it. `break` ends the block; a block that is
 * left in any other way is not checked. Several may stand one above the other, on lines of their own, before one block.
 */
#define TACHO_TEST_DELTA(reg, series, delta) TACHO_TEST_DELTA_AS(TACHO_TEST_NAME(__LINE__), reg, series, delta)

/** The value of a series is this one now. */
#define TACHO_TEST_VALUE(reg, series, value) tacho_test_expect_value((reg), (series), (double)(value), __FILE__, __LINE__)

/** A page is this one now; see tacho_test_compare. */
#define TACHO_TEST_PAGE(reg, want, options) tacho_test_expect_page((reg), (want), (options), __FILE__, __LINE__)

/** What the macros call, for macros of your own. They return 0 if all is well, otherwise 1 after the failure was reported. */
TACHO_API int tacho_test_expect_value(tacho_registry *reg, const char *series, double value, const char *file,
                                      int line); /* [shared | one scrape | 0.1] */
TACHO_API int tacho_test_expect_page(tacho_registry *reg, const char *want, const tacho_scrape_options *options, const char *file,
                                     int line); /* [shared | one scrape | 0.1] */

/** A change that is expected, between two calls, say of a fixture's set-up and tear-down; its members are private. `series` and
 *  `file` are borrowed until the second. */
typedef struct tacho_test_delta {
    tacho_registry *reg;
    const char *series, *file;
    double before, expected;
    int line, state, inside;
} tacho_test_delta;

TACHO_API tacho_test_delta tacho_test_delta_begin(tacho_registry *reg, const char *series, double expected, const char *file,
                                                  int line); /* [shared | one scrape | 0.1] */

/** As above; a second end of the same is 0 and does nothing. */
TACHO_API int tacho_test_delta_end(tacho_test_delta *delta); /* [owner | one scrape | 0.1] */

#define TACHO_TEST_DELTA_AS(name, reg, series, delta)                                                                          \
    for (tacho_test_delta name = tacho_test_delta_begin((reg), (series), (double)(delta), __FILE__, __LINE__); name.state;     \
         (void)tacho_test_delta_end(&name))                                                                                    \
        for (; name.inside; name.inside = 0)
#define TACHO_TEST_NAME(line) TACHO_TEST_NAME_OF(line)
#define TACHO_TEST_NAME_OF(line) tacho_test_delta_##line

/* ---- Clocks that obey ----------------------------------------------------------------------------------------------------- */

/**
 * Stop the clocks that metrics show, at this Unix time: creation times, exemplars (unless the registry has a clock of its own),
 * tacho_gauge_set_to_current_time, timers, windows of summaries and of gauges of extremes. TACHO_ERR_ARG: not between 1 and 9e9.
 * Held already, the wall clock is set again. What the library waits for, deadlines of collectors and connections, is not held.
 */
TACHO_API tacho_err tacho_test_clock_hold(double unix_seconds); /* [owner | O(1) | 0.1] */

/**
 * Let time pass, to the nanosecond: on the clocks that are held, and also for deadlines, caches of collectors and all else.
 * TACHO_ERR_ORDER: the clocks are not held. TACHO_ERR_ARG: not between 0 and 1e9, or more than 9e9 altogether.
 */
TACHO_API tacho_err tacho_test_clock_advance(double seconds); /* [owner | O(1) | 0.1] */

/** Let the clocks run again. The wall clock is right; the others stay ahead by the time that passed, as they never go back. */
TACHO_API void tacho_test_clock_release(void); /* [owner | O(1) | 0.1] */

/* ---- An allocator that fails ------------------------------------------------------------------------------------------------
 * To try every path on which memory is missing, let the 1st, 2nd, 3rd ... allocation fail until there are none left to fail:
 *
 *   for (size_t first = 1;; first++) {
 *       tacho_test_alloc_fail(first, 1);
 *       metrics_start(&metrics);                   must come back, whatever it says
 *       metrics_stop(&metrics);
 *       if (tacho_test_alloc_end() < first) break;
 *   }
 *
 * It concerns what tacho takes from the heap and the system: registries, vectors with labels bound, scrapes, collectors' results,
 * buffers, servers. Series live in a registry's byte budget, whose end is tried with a small `byte_budget`. The readings and
 * comparisons above are neither counted nor made to fail. */

#define TACHO_TEST_ALL SIZE_MAX

/** From now on let `count` allocations fail, the first of them being the `first`; 1 is the next, 0 none: they are only counted.
 *  TACHO_TEST_ALL: that one and all after it. */
TACHO_API void tacho_test_alloc_fail(size_t first, size_t count); /* [owner | O(1) | 0.1] */

/** No more. Returns how many allocations were tried since tacho_test_alloc_fail; 0 without it. */
TACHO_API size_t tacho_test_alloc_end(void); /* [owner | O(1) | 0.1] */

TACHO_END_DECLS

#endif
