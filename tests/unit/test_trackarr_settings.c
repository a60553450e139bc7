/*
 * test_trackarr_settings.c - what the environment says, numbers as servers write them, and what is told to people.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "support/comma.h"
#include "trackarr_notices.h"
#include "trackarr_settings.h"
#include "trackarr_walk.h"

/* ---- An environment -------------------------------------------------------------------------------------------------- */

enum { MOST = 8 };

struct variables {
    trackarr_environment environment;
    const char *pairs[MOST][2];
};

static const char *variable_value(const trackarr_environment *self, const char *name)
{
    const struct variables *all = TACHO_CONTAINER(self, const struct variables, environment);
    for (size_t i = 0; i < MOST && all->pairs[i][0]; i++)
        if (strcmp(all->pairs[i][0], name) == 0) return all->pairs[i][1];
    return NULL;
}

struct settled {
    trackarr_settled result;
    trackarr_settings settings;
    exporter_options options;
    char why[256];
};

/* Read these variables with these options; nothing of `settled` is copied, because options point into it. */
static void settle(struct settled *settled, const char *const pairs[][2], size_t count, exporter_options options)
{
    struct variables all = { .environment = { variable_value } };
    assert_true(count < MOST);
    for (size_t i = 0; i < count; i++) {
        all.pairs[i][0] = pairs[i][0];
        all.pairs[i][1] = pairs[i][1];
    }
    options.path = options.path ? options.path : "/metrics";
    options.listen = options.listen ? options.listen : "127.0.0.1:9464";
    settled->options = options;
    settled->why[0] = '\0';
    settled->result = trackarr_settings_read(&settled->settings, &all.environment, &settled->options, settled->why,
                                             sizeof settled->why);
}

#define SETTLE(settled, options, ...)                                                                       \
    settle(&(settled), (const char *const[][2]){ __VA_ARGS__ },                                             \
           sizeof((const char *const[][2]){ __VA_ARGS__ }) / sizeof(const char *[2]), options)
#define NO_OPTIONS ((exporter_options){ 0 })
#define SERVERS { "DATABASE_URL", "postgres://h/d" }, { "REDIS_URL", "redis://h" }

static void nothing_is_served_unless_it_is_enabled(void **state)
{
    static const struct {
        const char *value;
        trackarr_settled want;
    } rows[] = {
        { "true", TRACKARR_SERVE },        { "1", TRACKARR_SERVE },           { "on", TRACKARR_SERVE },
        { "yes", TRACKARR_SERVE },         { "TRUE", TRACKARR_NOT_ENABLED },  { "On", TRACKARR_NOT_ENABLED },
        { "false", TRACKARR_NOT_ENABLED }, { "0", TRACKARR_NOT_ENABLED },     { "", TRACKARR_NOT_ENABLED },
        { "2", TRACKARR_NOT_ENABLED },     { " true", TRACKARR_NOT_ENABLED }, { "true ", TRACKARR_NOT_ENABLED },
    };
    struct settled settled;
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        SETTLE(settled, NO_OPTIONS, { "METRICS_ENABLED", rows[i].value }, SERVERS);
        assert_int_equal(settled.result, rows[i].want);
        if (settled.result != TRACKARR_SERVE) assert_non_null(strstr(settled.why, "METRICS_ENABLED"));
    }
    SETTLE(settled, NO_OPTIONS, SERVERS);
    assert_int_equal(settled.result, TRACKARR_NOT_ENABLED);
    /* It is asked first: who has not enabled it makes no mistakes. */
    SETTLE(settled, NO_OPTIONS, { "METRICS_PORT", "x" });
    assert_int_equal(settled.result, TRACKARR_NOT_ENABLED);
}

static void demo_once_and_listen_serve_without_it(void **state)
{
    struct settled settled;
    (void)state;
    SETTLE(settled, ((exporter_options){ .demo = 1 }), { "METRICS_ENABLED", "false" });
    assert_int_equal(settled.result, TRACKARR_SERVE);
    assert_string_equal(settled.options.listen, "127.0.0.1:9464");
    SETTLE(settled, ((exporter_options){ .once = 1 }), SERVERS);
    assert_int_equal(settled.result, TRACKARR_SERVE);
    SETTLE(settled, ((exporter_options){ .has_listen = 1, .listen = "unix:x" }), SERVERS, { "METRICS_HOST", "::1" },
           { "METRICS_PORT", "not looked at" });
    assert_int_equal(settled.result, TRACKARR_SERVE);
    assert_string_equal(settled.options.listen, "unix:x");
}

static void the_documented_defaults_hold_without_options(void **state)
{
    struct settled settled;
    (void)state;
    SETTLE(settled, NO_OPTIONS, { "METRICS_ENABLED", "1" }, SERVERS);
    assert_string_equal(settled.options.listen, "0.0.0.0:9090");
    assert_string_equal(settled.options.path, "/metrics");
    assert_null(settled.options.token);
    assert_int_equal(settled.settings.peer_cache_ms, 30000);
    assert_string_equal(settled.settings.database_url, "postgres://h/d");
    assert_string_equal(settled.settings.redis_url, "redis://h");
    assert_null(settled.settings.redis_password);
    assert_null(settled.settings.key_prefix);
}

static void the_variables_are_taken(void **state)
{
    struct settled settled;
    (void)state;
    SETTLE(settled, ((exporter_options){ .demo = 1 }), { "METRICS_HOST", "::" }, { "METRICS_PORT", "0" },
           { "METRICS_PATH", "/m" }, { "METRICS_AUTH_TOKEN", "secret" }, { "METRICS_PEER_CACHE_MS", "0" });
    assert_int_equal(settled.result, TRACKARR_SERVE);
    assert_string_equal(settled.options.listen, "[::]:0");
    assert_string_equal(settled.options.path, "/m");
    assert_string_equal(settled.options.token, "secret");
    assert_int_equal(settled.settings.peer_cache_ms, 0);
    SETTLE(settled, ((exporter_options){ .once = 1 }), SERVERS, { "REDIS_PASSWORD", "p" }, { "REDIS_KEY_PREFIX", "x:" });
    assert_string_equal(settled.settings.redis_password, "p");
    assert_string_equal(settled.settings.key_prefix, "x:");
}

static void an_option_wins_over_its_variable(void **state)
{
    struct settled settled;
    (void)state;
    SETTLE(settled, ((exporter_options){ .demo = 1, .has_path = 1, .path = "/mine", .token_file = "file" }),
           { "METRICS_PATH", "no path" }, { "METRICS_AUTH_TOKEN", "secret" });
    assert_int_equal(settled.result, TRACKARR_SERVE);
    assert_string_equal(settled.options.path, "/mine");
    assert_null(settled.options.token);
}

static void an_empty_variable_is_not_set(void **state)
{
    struct settled settled;
    (void)state;
    SETTLE(settled, ((exporter_options){ .demo = 1 }), { "METRICS_HOST", "" }, { "METRICS_PORT", "" },
           { "METRICS_PATH", "" }, { "METRICS_AUTH_TOKEN", "" }, { "METRICS_PEER_CACHE_MS", "" });
    assert_int_equal(settled.result, TRACKARR_SERVE);
    assert_string_equal(settled.options.listen, "127.0.0.1:9464");
    assert_null(settled.options.token);
    assert_int_equal(settled.settings.peer_cache_ms, 30000);
    SETTLE(settled, ((exporter_options){ .once = 1 }), { "DATABASE_URL", "" }, { "REDIS_URL", "" });
    assert_int_equal(settled.result, TRACKARR_MISTAKE);
}

static void a_mistake_names_its_variable(void **state)
{
    static const char *const rows[][2] = {
        { "METRICS_PEER_CACHE_MS", "x" },          { "METRICS_PEER_CACHE_MS", "-1" },
        { "METRICS_PEER_CACHE_MS", "4294967296" }, { "METRICS_PEER_CACHE_MS", "1e3" },
        { "METRICS_PORT", "65536" },               { "METRICS_PORT", " 80" },
        { "METRICS_PORT", "" "99999999999999999999999" },
        { "METRICS_PATH", "metrics" },             { "METRICS_PATH", "/a b" },
    };
    struct settled settled;
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        SETTLE(settled, ((exporter_options){ .demo = 1 }), { rows[i][0], rows[i][1] });
        assert_int_equal(settled.result, TRACKARR_MISTAKE);
        assert_non_null(strstr(settled.why, rows[i][0]));
    }
    SETTLE(settled, ((exporter_options){ .once = 1 }), { "METRICS_ENABLED", "1" });
    assert_int_equal(settled.result, TRACKARR_MISTAKE);
    assert_non_null(strstr(settled.why, "DATABASE_URL"));
}

static void the_demo_and_events_name_no_servers(void **state)
{
    struct settled settled;
    (void)state;
    SETTLE(settled, ((exporter_options){ .demo = 1 }), SERVERS);
    assert_null(settled.settings.database_url);
    SETTLE(settled, ((exporter_options){ .once = 1, .events = "-" }), SERVERS);
    assert_null(settled.settings.database_url);
    assert_int_equal(settled.result, TRACKARR_SERVE);
}

/* ---- Numbers --------------------------------------------------------------------------------------------------------- */

static void whole_numbers_are_exact_and_others_are_doubles(void **state)
{
    static const struct {
        const char *text;
        trackarr_number want;
    } rows[] = {
        { "0", { TRACKARR_WHOLE, { .whole = 0 } } },
        { "-0", { TRACKARR_WHOLE, { .whole = 0 } } },
        { "9007199254740993", { TRACKARR_WHOLE, { .whole = 9007199254740993 } } },
        { "18446744073709551615", { TRACKARR_WHOLE, { .whole = UINT64_MAX } } },
        { "18446744073709551616", { TRACKARR_REAL, { .real = 18446744073709551616.0 } } },
        { "-9007199254740993", { TRACKARR_NEGATIVE, { .negative = -9007199254740993 } } },
        { "-9223372036854775809", { TRACKARR_REAL, { .real = -9223372036854775808.0 } } },
        { "1.0000000000000000", { TRACKARR_REAL, { .real = 1 } } },
        { "0.50000000000000000000", { TRACKARR_REAL, { .real = 0.5 } } },
        { "0.3333333333333333", { TRACKARR_REAL, { .real = 0.3333333333333333 } } },
        { "1e-05", { TRACKARR_REAL, { .real = 1e-05 } } },
        { "1.5e+300", { TRACKARR_REAL, { .real = 1.5e300 } } },
        { "123456789012345678901234567890", { TRACKARR_REAL, { .real = 123456789012345678901234567890.0 } } },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        trackarr_number number;
        if (!trackarr_number_read(&number, rows[i].text, strlen(rows[i].text))) fail_msg("%s", rows[i].text);
        assert_int_equal(number.kind, rows[i].want.kind);
        assert_int_equal(number.as.whole, rows[i].want.as.whole); /* all bits */
    }
}

static void what_is_no_finite_number_is_refused(void **state)
{
    static const char *const texts[] = { "",     " 1",   "1 ",   "NaN", "Infinity", "-Infinity", "inf", "0x10", "1,5",
                                         "1.",   ".5",   "1e",   "1e+", "--1",      "+1",        "-",   "t",    "1\n",
                                         "1_000", "1e400", "-1e400", "1.5.5", "NULL", "1;2" };
    (void)state;
    trackarr_number number;
    for (size_t i = 0; i < TACHO_COUNT(texts); i++)
        if (trackarr_number_read(&number, texts[i], strlen(texts[i]))) fail_msg("read: '%s'", texts[i]);
    assert_false(trackarr_number_read(&number, "1\0" "2", 3));
    char longest[1 << 10];
    memset(longest, '9', sizeof longest);
    assert_false(trackarr_number_read(&number, longest, sizeof longest));
}

static void a_decimal_comma_changes_no_number(void **state)
{
    trackarr_number number;
    (void)state;
    comma_enter();
    assert_true(trackarr_number_read(&number, "0.25", 4));
    assert_true(number.as.real == 0.25);
    assert_false(trackarr_number_read(&number, "0,25", 4));
}

/* ---- Redis ----------------------------------------------------------------------------------------------------------- */

static void the_memory_in_use_is_found_among_its_likes(void **state)
{
    static const char info[] = "# Memory\r\nused_memory_rss:1\r\nxused_memory:2\r\nused_memory_human:3M\r\n"
                               "used_memory:1048577\r\nused_memory_peak:4\r\n";
    static const char *const broken[] = { "", "used_memory:", "used_memory:\r\n", "used_memory:x\r\n", "used_memory:-1\r\n",
                                          "used_memory:1.5\r\n", "used_memory", "used_memory_rss:1\r\n" };
    uint64_t bytes = 0;
    (void)state;
    assert_true(trackarr_used_memory(info, strlen(info), &bytes));
    assert_int_equal(bytes, 1048577);
    assert_true(trackarr_used_memory("used_memory:7", 13, &bytes));
    assert_int_equal(bytes, 7);
    for (size_t i = 0; i < TACHO_COUNT(broken); i++)
        assert_false(trackarr_used_memory(broken[i], strlen(broken[i]), &bytes));
}

static void no_character_of_a_prefix_has_a_meaning_in_the_pattern(void **state)
{
    trackarr_keys keys;
    char longest[TRACKARR_MAX_KEY_PREFIX + 2];
    (void)state;
    assert_true(trackarr_keys_init(&keys, "ot:"));
    assert_string_equal(keys.pattern, "ot:peers:*");
    assert_true(trackarr_keys_init(&keys, "a*[b]?\\^-"));
    assert_string_equal(keys.pattern, "a\\*\\[b\\]\\?\\\\\\^\\-peers:*");
    assert_string_equal(keys.begin, "a*[b]?\\^-peers:");
    assert_true(trackarr_keys_init(&keys, ""));
    assert_string_equal(keys.pattern, "peers:*");
    memset(longest, '*', sizeof longest);
    longest[TRACKARR_MAX_KEY_PREFIX + 1] = '\0';
    assert_false(trackarr_keys_init(&keys, longest));
    longest[TRACKARR_MAX_KEY_PREFIX] = '\0';
    assert_true(trackarr_keys_init(&keys, longest));
}

/* ---- Notices --------------------------------------------------------------------------------------------------------- */

static void a_reason_is_told_once_a_minute(void **state)
{
    static trackarr_notices notices;
    (void)state;
    trackarr_notices_init(&notices, "test");
    assert_true(trackarr_notices_is_new(&notices, "away", 1));
    assert_false(trackarr_notices_is_new(&notices, "away", 1));
    assert_true(trackarr_notices_is_new(&notices, "locked", 30));
    assert_false(trackarr_notices_is_new(&notices, "away", 60.9));
    assert_true(trackarr_notices_is_new(&notices, "away", 61));
    assert_false(trackarr_notices_is_new(&notices, "locked", 61));
    assert_true(trackarr_notices_is_new(&notices, "", 61));
    assert_true(trackarr_notices_is_new(&notices, "tried again in 210 ms", 61));
    assert_false(trackarr_notices_is_new(&notices, "tried again in 9 ms", 61));
}

static void a_flood_of_reasons_forgets_the_oldest(void **state)
{
    static trackarr_notices notices;
    char why[16];
    (void)state;
    trackarr_notices_init(&notices, "test");
    for (int i = 0; i < 3 * NOTICES_REMEMBERED; i++) {
        snprintf(why, sizeof why, "reason %c", 'a' + i);
        assert_true(trackarr_notices_is_new(&notices, why, 1 + i));
    }
    assert_false(trackarr_notices_is_new(&notices, why, 30));
    assert_true(trackarr_notices_is_new(&notices, "reason a", 30));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_served_unless_it_is_enabled),
        cmocka_unit_test(demo_once_and_listen_serve_without_it),
        cmocka_unit_test(the_documented_defaults_hold_without_options),
        cmocka_unit_test(the_variables_are_taken),
        cmocka_unit_test(an_option_wins_over_its_variable),
        cmocka_unit_test(an_empty_variable_is_not_set),
        cmocka_unit_test(a_mistake_names_its_variable),
        cmocka_unit_test(the_demo_and_events_name_no_servers),
        cmocka_unit_test(whole_numbers_are_exact_and_others_are_doubles),
        cmocka_unit_test(what_is_no_finite_number_is_refused),
        cmocka_unit_test_teardown(a_decimal_comma_changes_no_number, comma_leave),
        cmocka_unit_test(the_memory_in_use_is_found_among_its_likes),
        cmocka_unit_test(no_character_of_a_prefix_has_a_meaning_in_the_pattern),
        cmocka_unit_test(a_reason_is_told_once_a_minute),
        cmocka_unit_test(a_flood_of_reasons_forgets_the_oldest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
