/*
 * kit_expect.c - expectations that fail a test: what the macros of tacho_test.h call.
 *
 * A reporter may leave by longjmp. So all that an expectation holds is given back before it is called, but for the words; these it
 * gets from a buffer on the stack.
 */
#define _GNU_SOURCE
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "atomic.h"

#define EXPECT_WORDS 8192
#define EXPECT_ERROR 1e-9 /* relative, of fractions */
#define EXPECT_ROUNDING 1e-14 /* of the numbers that a fraction is the difference of */
#define EXPECT_LARGEST 1.7976931348623157e308
#define EXPECT_EXACT 9007199254740992.0 /* 2^53: beyond it a double need not be what was meant */

/* Relaxed: a test says whom to report to before it starts the threads that expect something. */
static tacho_test_reporter *_Atomic expect_reporter;

tacho_test_reporter *tacho_test_report_to(tacho_test_reporter *reporter)
{
    return atomic_exchange_explicit(&expect_reporter, reporter, memory_order_relaxed);
}

/* Hand the words over, and let go of them before. */
static int expect_fail(tacho_buffer *words, const char *file, int line)
{
    char text[EXPECT_WORDS];
    tacho__kit_tell(words, text, sizeof text);
    tacho__kit_exempt_end();
    tacho_test_reporter *reporter = tacho__load_relaxed(&expect_reporter);
    if (!file) file = "?";
    if (reporter) {
        reporter->failed(reporter, file, line, text);
        return 1;
    }
    (void)fprintf(stderr, "%s:%d: %s\n", file, line, text);
    abort();
}

static void expect_begin(tacho_buffer *words)
{
    tacho__kit_exempt_begin();
    tacho_buffer_init(words);
}

static int expect_pass(tacho_buffer *words)
{
    tacho_buffer_fini(words);
    tacho__kit_exempt_end();
    return 0;
}

static double expect_size(double number)
{
    return number < 0 ? -number : number;
}

static bool expect_is_whole(double number)
{
    return expect_size(number) < EXPECT_EXACT && (double)(int64_t)number == number;
}

/* Whether `actual`, a difference of numbers that add up to `size`, is `expected`. */
static bool expect_same(double actual, double expected, double size)
{
    if (actual == expected || (actual != actual && expected != expected)) return true;
    if (expect_is_whole(actual) && expect_is_whole(expected)) return false;
    double error = expect_size(expected) * EXPECT_ERROR + size * EXPECT_ROUNDING;
    return error <= EXPECT_LARGEST && expect_size(actual - expected) <= error;
}

int tacho_test_expect_value(tacho_registry *reg, const char *series, double value, const char *file, int line)
{
    tacho_buffer words;
    struct tacho__kit_query query;
    double actual;
    expect_begin(&words);
    if (tacho__kit_query_read(&query, series, &words)) return expect_fail(&words, file, line);
    if (tacho__kit_query_find(&query, reg, &actual, &words) != TACHO__KIT_FOUND) return expect_fail(&words, file, line);
    if (expect_same(actual, value, expect_size(actual))) return expect_pass(&words);
    tacho__kit_say_series(&words, query.name, &query.labels);
    tacho__kit_say(&words, ": expected ");
    tacho__kit_say_number(&words, value);
    tacho__kit_say(&words, ", actual ");
    tacho__kit_say_number(&words, actual);
    return expect_fail(&words, file, line);
}

int tacho_test_expect_page(tacho_registry *reg, const char *want, const tacho_scrape_options *options, const char *file, int line)
{
    char text[EXPECT_WORDS];
    tacho_buffer words;
    size_t differences = tacho_test_compare(reg, want, options, text, sizeof text);
    expect_begin(&words);
    if (differences == 0) return expect_pass(&words);
    tacho__kit_say(&words, "%zu %s:\n", differences, differences == 1 ? "difference" : "differences");
    (void)words.sink.ops->write(&words.sink, text, strlen(text));
    return expect_fail(&words, file, line);
}

/* ---- Changes ----------------------------------------------------------------------------------------------------------------- */

/* The number now, 0 for a series that may come yet. False: it cannot be told, which is said. */
static bool expect_read(tacho_registry *reg, const char *series, bool later, double *value, tacho_buffer *words)
{
    struct tacho__kit_query query;
    *value = 0;
    if (tacho__kit_query_read(&query, series, words)) return false;
    enum tacho__kit_found found = tacho__kit_query_find(&query, reg, value, words);
    if (found == TACHO__KIT_FOUND) return true;
    *value = 0;
    return found != TACHO__KIT_FAILED && (later || found == TACHO__KIT_NO_VALUE || found == TACHO__KIT_NO_SERIES);
}

tacho_test_delta tacho_test_delta_begin(tacho_registry *reg, const char *series, double expected, const char *file, int line)
{
    tacho_test_delta delta = { .reg = reg, .series = series, .file = file, .line = line, .expected = expected, .state = 1, .inside = 1 };
    tacho_buffer words;
    expect_begin(&words);
    if (expect_read(reg, series, true, &delta.before, &words)) {
        (void)expect_pass(&words);
    } else {
        delta.state = 2; /* it has failed already */
        (void)expect_fail(&words, file, line);
    }
    return delta;
}

int tacho_test_delta_end(tacho_test_delta *delta)
{
    tacho_buffer words;
    double after;
    int state = delta ? delta->state : 0;
    if (delta) delta->state = delta->inside = 0;
    if (state != 1) return state == 2;
    expect_begin(&words);
    if (!expect_read(delta->reg, delta->series, false, &after, &words)) return expect_fail(&words, delta->file, delta->line);
    double size = expect_size(delta->before) + expect_size(after), change = after == delta->before ? 0 : after - delta->before;
    if (expect_same(change, delta->expected, size)) return expect_pass(&words);
    if (words.len > 0) tacho__kit_say(&words, ": ");
    tacho__kit_say(&words, "%s: expected to change by ", delta->series);
    tacho__kit_say_number(&words, delta->expected);
    tacho__kit_say(&words, ", changed by ");
    tacho__kit_say_number(&words, change);
    tacho__kit_say(&words, ", from ");
    tacho__kit_say_number(&words, delta->before);
    tacho__kit_say(&words, " to ");
    tacho__kit_say_number(&words, after);
    return expect_fail(&words, delta->file, delta->line);
}
