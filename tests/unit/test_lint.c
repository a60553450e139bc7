/*
 * test_lint.c - what a registry is told about its names, and about which it is told nothing.
 * Needs: LINT
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <tacho/tacho.h>

#include "self.h"

/* A family without a handle, and all that is said of it, after "family 'NAME': " in each line. */
struct lint_case {
    tacho_desc desc;
    const char *want;
};

static const char *const states[] = { "on", "off", NULL };
static const char *const ways[] = { "in", "out", NULL }, *const ways_and_total[] = { "in", "total", "out", NULL };
static const char *const total_alone[] = { "total", NULL };

#define A(type_, name_) .type = TACHO_##type_, .name = (name_), .help = "Help."
#define LABELS(...) .labels = { __VA_ARGS__ }

static const struct lint_case broken[] = {
    { { .type = TACHO_GAUGE, .name = "app_x", .help = " \n" },
      "its help text is blank; say what it counts and what it tells\n" },
    /* units */
    { { A(GAUGE, "app_wait_milliseconds") },
      "'milliseconds' is no base unit; measure in seconds and call it app_wait_seconds\n" },
    { { A(COUNTER, "app_kilobytes_sent_total") },
      "'kilobytes' is no base unit; measure in bytes and call it app_sent_bytes_total\n" },
    { { A(GAUGE, "app_age_hours"), .unit = "hours" },
      "'hours' is no base unit; measure in seconds and call it app_age_seconds\n" },
    { { A(GAUGE, "app_heat_millikelvin") },
      "'millikelvin' is no base unit; measure in kelvin and call it app_heat_kelvin\n" },
    { { A(GAUGE, "app_wait_millisecond") },
      "'millisecond' is no base unit; measure in seconds and call it app_wait_seconds\n" },
    { { A(GAUGE, "app_memory_mebibytes") },
      "'mebibytes' is no base unit; measure in bytes and call it app_memory_bytes\n" },
    { { A(GAUGE, "app_wait_second") }, "'second' is not how to write the base unit; call it app_wait_seconds\n" },
    { { A(GAUGE, "app_used_percent") },
      "'percent' is no base unit; show a ratio from 0 to 1 and call it app_used_ratio\n" },
    { { A(GAUGE, "app_wait_ms") }, "'ms' is no base unit; measure in seconds and call it app_wait_seconds\n" },
    { { A(COUNTER, "app_wait_MS_total") },
      "'MS' is no base unit; measure in seconds and call it app_wait_seconds_total\n" },
    { { A(COUNTER, "app_kb_read_total") },
      "'kb' is no base unit; measure in bytes and call it app_read_bytes_total\n" },
    { { A(GAUGE, "app_wait_s") }, "'s' is not how to write the base unit; call it app_wait_seconds\n" },
    { { A(GAUGE, "app_depth_m") }, "'m' may be minutes or meters; spell the base unit out, seconds or meters\n" },
    { { A(GAUGE, "app_ms_per_request") },
      "'ms' is no base unit; measure in seconds and call it app_seconds_per_request\n" },
    { { A(COUNTER, "app_bytes_sent_total") }, "its unit 'bytes' is in the middle; call it app_sent_bytes_total\n" },
    { { A(HISTOGRAM, "app_wait_seconds") },
      "its row names no unit; give it .unit = \"seconds\", which OpenMetrics shows\n" },
    { { A(COUNTER, "app_sent_bytes_total") },
      "its row names no unit; give it .unit = \"bytes\", which OpenMetrics shows\n" },
    /* types */
    { { A(COUNTER, "app_requests"), .flags = TACHO_KEEP_NAME },
      "is a counter without _total; call it app_requests_total\n" },
    { { A(COUNTER, "app_total_requests"), .flags = TACHO_KEEP_NAME },
      "is a counter without _total; call it app_requests_total\n" },
    { { A(GAUGE, "app_users_total") }, "_total is for counters, and this is a gauge; call it app_users\n" },
    { { A(STATESET, "app_mode_total"), .states = states },
      "_total is for counters, and this is a stateset; call it app_mode\n" },
    { { A(GAUGE, "app_users_bytes_total") }, "_total is for counters, and this is a gauge; call it app_users_bytes\n" },
    { { A(GAUGE, "app_full_bucket") }, "_bucket is what histograms end in; call it app_full\n" },
    { { A(SUMMARY, "app_full_bucket") }, "_bucket is what histograms end in; call it app_full\n" },
    { { A(GAUGE, "app_users_count") }, "_count is what histograms and summaries end in; call it app_users\n" },
    { { A(GAUGE, "app_check_sum") }, "_sum is what histograms and summaries end in; call it app_check\n" },
    { { A(GAUGE, "app_users_gauge") }, "its type is no part of a name; leave 'gauge' out and call it app_users\n" },
    { { A(COUNTER, "app_counter_hits_total") },
      "its type is no part of a name; leave 'counter' out and call it app_hits_total\n" },
    { { A(HISTOGRAM, "app_Histogram_sizes") },
      "its type is no part of a name; leave 'histogram' out and call it app_sizes\n" },
    { { A(GAUGE, "app_summary_shown") }, "its type is no part of a name; leave 'summary' out and call it app_shown\n" },
    { { A(GAUGE, "app_build_info") },
      "_info is for what its labels tell, and this is a gauge; make its type TACHO_INFO\n" },
    { { A(GAUGE, "app_start_timestamp") },
      "a time is told in seconds since 1970; call it app_start_timestamp_seconds\n" },
    { { A(HISTOGRAM, "app_start_timestamp_seconds"), .unit = "seconds" },
      "a time stamp is a gauge, and this is a histogram\n" },
    { { A(COUNTER, "app_hit_ratio_total") },
      "a ratio is a gauge, and this is a counter; count both sides, and divide in the query\n" },
    /* letters */
    { { A(GAUGE, "app:users") }, "':' is for the names of recording rules; put '_' in its place\n" },
    { { A(GAUGE, "app_usersOnline") }, "'app_usersOnline' is camelCase; call it app_users_online\n" },
    { { A(GAUGE, "app_users"), LABELS("userGroup") }, "label 'userGroup' is camelCase; call it user_group\n" },
    /* prefixes */
    { { A(GAUGE, "users") }, "begins with no program's name; put yours in front, as in app_users\n" },
    { { A(GAUGE, "count") }, "begins with no program's name; put yours in front, as in app_count\n" },
    { { A(COUNTER, "requests_total") },
      "begins with no program's name; put yours in front, as in app_requests_total\n" },
    { { A(GAUGE, "uptime_seconds"), .unit = "seconds" },
      "begins with no program's name; put yours in front, as in app_uptime_seconds\n" },
    { { A(GAUGE, "start_timestamp_seconds"), .unit = "seconds" },
      "begins with no program's name; put yours in front, as in app_start_timestamp_seconds\n" },
    { { A(GAUGE, "hit_ratio") }, "begins with no program's name; put yours in front, as in app_hit_ratio\n" },
    { { A(GAUGE, "process_sockets_open") },
      "process_ is for what every process has; put the program's name in front\n" },
    { { A(GAUGE, "scrape_queue_depth") }, "scrape_ is for what the scraper adds; put the program's name in front\n" },
    /* labels */
    { { A(GAUGE, "app_users"), LABELS("le") },
      "label 'le' is for the buckets of histograms; call it something else\n" },
    { { A(HISTOGRAM, "app_sizes"), LABELS("quantile") },
      "label 'quantile' is for summaries; call it something else\n" },
    { { A(SUMMARY, "app_sizes"), LABELS("le") },
      "label 'le' is for the buckets of histograms; call it something else\n" },
    { { A(GAUGE, "app_users"), LABELS("job") },
      "label 'job' is the scraper's, which turns yours into exported_job; call it something else\n" },
    { { A(GAUGE, "app_users"), LABELS("kind", "instance") },
      "label 'instance' is the scraper's, which turns yours into exported_instance; call it something else\n" },
    { { A(GAUGE, "app_users"), LABELS("zone") },
      "label 'zone' repeats what the scraper says of its target; leave it out\n" },
    { { A(GAUGE, "app_users"), .constants = (const tacho_constant[]){ { "env", "test" }, { NULL, NULL } } },
      "label 'env' repeats what the scraper says of its target; leave it out\n" },
    { { A(GAUGE, "app_users_by_user_role"), LABELS("user_role") },
      "its label 'user_role' tells that already; leave 'by_user_role' out of the name\n" },
    { { A(GAUGE, "app_users_per_role_now"), LABELS("kind", "role") },
      "its label 'role' tells that already; leave 'per_role' out of the name\n" },
    { { A(COUNTER, "app_packets_total"), LABELS("kind", "way"), .values = { NULL, ways_and_total } },
      "label 'way' has the value 'total' beside its parts, and sums count twice; leave it out\n" },
};

/* What is close to a finding, and is none. */
static const struct lint_case sound[] = {
    { { A(COUNTER, "app_requests_total"), LABELS("method") }, "" },
    { { A(GAUGE, "app_wait_seconds"), .unit = "seconds" }, "" },
    { { A(COUNTER, "app_sent_bytes_total"), .unit = "bytes" }, "" },
    { { A(GAUGE, "app_last_backup_timestamp_seconds"), .unit = "seconds" }, "" },
    { { A(INFO, "app_info"), LABELS("version") }, "" },
    { { A(INFO, "app_seconds_info"), LABELS("version") }, "" },
    { { A(STATESET, "app_mode"), .states = states }, "" },
    { { A(STATESET, "app_mode_seconds"), .states = states }, "" },
    { { A(GAUGE, "app_hit_ratio") }, "" },
    { { A(GAUGE, "app_bytes_hit_ratio") }, "" },
    { { A(GAUGE, "app_speed_bytes_per_second") }, "" },
    { { A(GAUGE, "app_packets_per_millisecond") }, "" },
    { { A(GAUGE, "app_requests_last_minute") }, "" },
    { { A(GAUGE, "app_time_to_first_byte_seconds"), .unit = "seconds" }, "" },
    { { A(GAUGE, "app_thermometers") }, "" },
    { { A(GAUGE, "app_metre_long_queue") }, "" },
    { { A(GAUGE, "s_users") }, "" },
    { { A(GAUGE, "s3_users") }, "" },
    { { A(GAUGE, "gauge_users") }, "" },
    { { A(GAUGE, "app_counters") }, "" },
    { { A(GAUGE, "app_discount") }, "" },
    { { A(GAUGE, "app_total_users") }, "" },
    { { A(GAUGE, "count_users") }, "" },
    { { A(GAUGE, "app_information") }, "" },
    { { A(GAUGE, "app_USERS") }, "" },
    { { A(GAUGE, "app_pages"), .unit = "pages" }, "" },
    { { A(GAUGE, "app_bytes_pages"), .unit = "pages" }, "" },
    { { A(COUNTER, "process_cpu_seconds_total"), .unit = "seconds" }, "" },
    { { A(GAUGE, "process_open_fds") }, "" },
    { { A(GAUGE, "processes_open") }, "" },
    { { A(GAUGE, "scraper_queue") }, "" },
    { { A(GAUGE, "app_queue_depth"), LABELS("queue") }, "" },
    { { A(GAUGE, "app_users_by_role"), LABELS("rol", "user") }, "" },
    { { A(GAUGE, "app_users_by_roles"), LABELS("role") }, "" },
    { { A(COUNTER, "app_packets_total"), LABELS("way"), .values = { ways } }, "" },
    { { A(COUNTER, "app_packets_total"), LABELS("way"), .values = { total_alone } }, "" },
    { { A(GAUGE_HISTOGRAM, "app_sizes"), LABELS("kind") }, "" },
    { { A(HISTOGRAM, "app_users_count") }, "" },
    { { A(SUMMARY, "app_users_sum") }, "" },
    { { A(SUMMARY, "app_sizes"), LABELS("kind") }, "" },
    { { A(UNKNOWN, "app_users_total"), LABELS("le", "quantile") }, "" },
    { { A(UNKNOWN, "app_users_bucket") }, "" },
    { { A(UNKNOWN, "app_build_info") }, "" },
    { { A(UNKNOWN, "app_start_timestamp_seconds"), .unit = "seconds" }, "" },
};

/* ---- Families, as rows and as a collector's ----------------------------------------------------------------- */

static tacho_err collect_nothing(tacho_collector *self, tacho_emitter *out)
{
    (void)self, (void)out;
    return TACHO_OK;
}

static tacho_counter *counter;
static tacho_gauge *gauge;
static tacho_histogram *histogram;
static tacho_summary *summary;
static tacho_stateset *stateset;
static tacho_counter_vec *counters;
static tacho_gauge_vec *gauges;
static tacho_histogram_vec *histograms;
static tacho_summary_vec *summaries;
static tacho_info_vec *infos;

static tacho_desc bound(tacho_desc desc)
{
    bool vec = desc.labels[0] != NULL;
    if (desc.type == TACHO_COUNTER && vec) desc.counter_vec = &counters;
    else if (desc.type == TACHO_COUNTER) desc.counter = &counter;
    else if ((desc.type == TACHO_GAUGE || desc.type == TACHO_UNKNOWN) && vec) desc.gauge_vec = &gauges;
    else if (desc.type == TACHO_GAUGE || desc.type == TACHO_UNKNOWN) desc.gauge = &gauge;
    else if (desc.type == TACHO_HISTOGRAM && vec) desc.histogram_vec = &histograms;
    else if (desc.type == TACHO_GAUGE_HISTOGRAM) desc.histogram_vec = &histograms;
    else if (desc.type == TACHO_HISTOGRAM) desc.histogram = &histogram;
    else if (desc.type == TACHO_SUMMARY && vec) desc.summary_vec = &summaries;
    else if (desc.type == TACHO_SUMMARY) desc.summary = &summary;
    else if (desc.type == TACHO_STATESET) desc.stateset = &stateset;
    else desc.info = &infos;
    return desc;
}

/* Hears each line of the findings as one call. */
struct listening_sink {
    tacho_sink sink;
    size_t calls, room; /* calls from this one on fail */
    size_t len;
    char text[8192];
};

static tacho_err listening_write(tacho_sink *sink, const void *data, size_t len)
{
    struct listening_sink *self = TACHO_CONTAINER(sink, struct listening_sink, sink);
    if (self->calls++ >= self->room) return TACHO_ERR_IO;
    assert_true(len > 1 && self->len + len < sizeof self->text);
    assert_ptr_equal(memchr(data, '\n', len), (const char *)data + len - 1);
    memcpy(self->text + self->len, data, len);
    self->len += len;
    self->text[self->len] = '\0';
    return TACHO_OK;
}

static const tacho_sink_ops listening_ops = { listening_write };

#define LISTENING(room_) ((struct listening_sink){ .sink = { &listening_ops }, .room = (room_) })

/* Fails unless these lines, and no others, are what is found. */
static void check(tacho_registry *reg, const char *want)
{
    struct listening_sink heard = LISTENING(SIZE_MAX);
    size_t lines = 0, count = tacho_registry_lint(reg, &heard.sink);
    for (const char *at = want; (at = strchr(at, '\n')); at++) lines++;
    assert_string_equal(heard.text, want);
    assert_int_equal(count, lines);
    assert_int_equal(heard.calls, lines);
    assert_int_equal(tacho_registry_lint(reg, NULL), lines);
}

static void check_case(tacho_registry *reg, const struct lint_case *each)
{
    char want[2048] = "";
    for (const char *at = each->want; *at; at = strchr(at, '\n') + 1) {
        size_t len = strlen(want);
        (void)snprintf(want + len, sizeof want - len, "family '%s': %.*s", each->desc.name,
                       (int)(strchr(at, '\n') + 1 - at), at);
    }
    check(reg, want);
}

static void check_as_row(const struct lint_case *each)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_desc row = bound(each->desc);
    if (tacho_registry_define(reg, &row, 1)) fail_msg("%s", tacho_registry_error(reg));
    check_case(reg, each);
    tacho_registry_free(reg);
}

static void check_as_collected(const struct lint_case *each)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_collector_ops ops = { .name = "one", .descs = &each->desc, .desc_count = 1, .collect = collect_nothing };
    tacho_collector collector = { &ops };
    if (tacho_registry_add(reg, &collector)) fail_msg("%s", tacho_registry_error(reg));
    check_case(reg, each);
    tacho_registry_free(reg);
}

static void what_breaks_a_convention_is_found_with_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(broken); i++) {
        check_as_row(&broken[i]);
        check_as_collected(&broken[i]);
    }
}

static void what_is_close_to_that_has_no_finding(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(sound); i++) {
        check_as_row(&sound[i]);
        check_as_collected(&sound[i]);
    }
}

static void a_row_that_says_its_name_is_unusual_has_no_finding(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(broken); i++) {
        struct lint_case each = { broken[i].desc, "" };
        each.desc.flags |= TACHO_UNUSUAL_NAME;
        check_as_row(&each);
        check_as_collected(&each);
    }
}

static void a_family_has_as_many_findings_as_rules_it_breaks(void **state)
{
    (void)state;
    static const struct lint_case worst = {
        { A(GAUGE, "app:waitGauge_gauge_ms_total"), LABELS("job", "quantile") },
        "':' is for the names of recording rules; put '_' in its place\n"
        "'ms' is no base unit; measure in seconds and call it app:waitGauge_gauge_seconds_total\n"
        "_total is for counters, and this is a gauge; call it app:waitGauge_gauge_ms\n"
        "its type is no part of a name; leave 'gauge' out and call it app:waitGauge_ms_total\n"
        "'app:waitGauge_gauge_ms_total' is camelCase; call it app:wait_gauge_gauge_ms_total\n"
        "label 'job' is the scraper's, which turns yours into exported_job; call it something else\n"
        "label 'quantile' is for summaries; call it something else\n",
    };
    check_as_row(&worst);
}

/* ---- Which families ----------------------------------------------------------------------------------------- */

static void an_empty_registry_has_no_finding(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    check(reg, "");
    tacho_registry_free(reg);
}

static void tachos_own_families_have_no_finding_even_where_they_are_not_left_out(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    tacho_collector self = { &tacho__self_ops };
    assert_int_equal(tacho_registry_add(reg, &self), TACHO_OK);
    check(reg, "");
    tacho_registry_free(reg);
}

static void findings_come_in_the_order_in_which_families_and_collectors_were_defined(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    static const tacho_desc rows[] = {
        { .gauge = &gauge, .name = "first", .help = "Help." },
        { .counter = &counter, .name = "fourth", .help = "Help.", .flags = TACHO_KEEP_NAME | TACHO_UNUSUAL_NAME },
        { .histogram = &histogram, .name = "fifth", .help = "Help." },
    };
    static const tacho_desc descs[] = { { A(GAUGE, "second") }, { A(GAUGE, "third") } };
    static const tacho_collector_ops ops = { .name = "one", .descs = descs, .desc_count = 2, .collect = collect_nothing };
    static const tacho_collector_ops later = { .name = "two", .descs = descs, .desc_count = 1, .collect = collect_nothing };
    tacho_collector collector = { &ops }, last = { &later };
    assert_int_equal(tacho_registry_define(reg, &rows[0], 1), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    assert_int_equal(tacho_registry_define(reg, &rows[1], 2), TACHO_OK);
    check(reg, "family 'first': begins with no program's name; put yours in front, as in app_first\n"
               "family 'second': begins with no program's name; put yours in front, as in app_second\n"
               "family 'third': begins with no program's name; put yours in front, as in app_third\n"
               "family 'fifth': begins with no program's name; put yours in front, as in app_fifth\n");
    assert_int_equal(tacho_registry_remove(reg, &collector), TACHO_OK);
    assert_int_equal(tacho_registry_undefine(reg, &rows[0], 1), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &last), TACHO_OK);
    check(reg, "family 'fifth': begins with no program's name; put yours in front, as in app_fifth\n"
               "family 'second': begins with no program's name; put yours in front, as in app_second\n");
    tacho_registry_free(reg);
}

static void what_is_said_of_a_registrys_labels_is_said_once(void **state)
{
    (void)state;
    static const tacho_constant constants[] = {
        { "env", "test" }, { "le", "x" }, { "dataSource", "x" }, { "shard", "7" }, { NULL, NULL }
    };
    static const tacho_constant own[] = { { "zone", "x" }, { NULL, NULL } };
    static const tacho_desc rows[] = {
        { .gauge = &gauge, .name = "app_users", .help = "Help.", .constants = own },
        { .counter = &counter, .name = "app_requests_total", .help = "Help." },
    };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .constants = constants, .no_self_metrics = 1 });
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    check(reg, "registry: label 'env' repeats what the scraper says of its target; leave it out\n"
               "registry: label 'le' is for the buckets of histograms; call it something else\n"
               "registry: label 'dataSource' is camelCase; call it data_source\n"
               "family 'app_users': label 'zone' repeats what the scraper says of its target; leave it out\n");
    tacho_registry_free(reg);
}

/* ---- NULL, sinks, odd names --------------------------------------------------------------------------------- */

static void a_null_registry_is_a_finding(void **state)
{
    (void)state;
    char want[256];
    (void)snprintf(want, sizeof want, "%s\n", tacho_registry_error(NULL));
    check(NULL, want);
}

static tacho_registry *open_faulty(void)
{
    static const tacho_desc rows[] = {
        { .gauge = &gauge, .name = "a", .help = "Help." },
        { .counter = &counter, .name = "b_total", .help = "Help." },
        { .histogram = &histogram, .name = "c", .help = "Help." },
    };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    return reg;
}

static void a_sink_that_fails_is_not_called_again_and_the_number_is_the_same(void **state)
{
    (void)state;
    tacho_registry *reg = open_faulty();
    for (size_t room = 0; room < 5; room++) {
        struct listening_sink heard = LISTENING(room);
        assert_int_equal(tacho_registry_lint(reg, &heard.sink), 3);
        assert_int_equal(heard.calls, room < 3 ? room + 1 : 3);
    }
    tacho_registry_free(reg);
}

static void a_sink_without_a_function_only_counts(void **state)
{
    (void)state;
    static const tacho_sink_ops empty = { NULL };
    tacho_registry *reg = open_faulty();
    assert_int_equal(tacho_registry_lint(reg, &(tacho_sink){ NULL }), 3);
    assert_int_equal(tacho_registry_lint(reg, &(tacho_sink){ &empty }), 3);
    tacho_registry_free(reg);
}

static void a_finding_is_one_line_of_ascii_whatever_the_name(void **state)
{
    (void)state;
    char longest[1025], label[1025], deepest[1025];
    memset(longest, 'm', 1024), memset(label, 'x', 1024), memset(deepest, '_', 1024);
    longest[1024] = label[1024] = deepest[1024] = '\0';
    memcpy(longest + 1000, "_waitTime_ms", 12);
    memcpy(label + 1000, "yZ", 2);
    for (size_t i = 0; i < 1024; i += 2) deepest[i] = 's';
    const struct { const char *name, *label; size_t want; } odd[] = {
        { longest, label, 2 },       { deepest, label, 512 },   { "app\n.users.total.ms", "a\nbC", 2 },
        { "app_\xc2\xb5s", "k", 0 }, { "_", "k", 1 },           { "___", "k", 1 },
        { "_total", "k", 2 },        { "_ms", "k", 2 },         { "\xc3\xa4", "k", 1 },
        { ".", "k", 1 },             { "a_:_b", "k", 3 },
    };
    for (size_t i = 0; i < TACHO_COUNT(odd); i++) {
        tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .utf8_names = 1 });
        const tacho_desc row = { .gauge_vec = &gauges, .name = odd[i].name, .help = "Help.",
                                 .labels = { odd[i].label } };
        assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
        tacho_buffer page;
        tacho_buffer_init(&page);
        size_t count = tacho_registry_lint(reg, &page.sink), lines = 0;
        for (size_t at = 0; at < page.len; at++) {
            lines += page.data[at] == '\n';
            assert_true(page.data[at] == '\n' || (page.data[at] >= ' ' && page.data[at] <= '~'));
        }
        if (count != odd[i].want || lines != count) fail_msg("%zu: %zu\n%.*s", i, count, (int)page.len, page.data);
        tacho_buffer_fini(&page);
        tacho_registry_free(reg);
    }
}

static void a_new_name_is_told_in_full_or_not_at_all(void **state)
{
    (void)state;
    for (int len = 50; len < 100; len++) {
        char name[128], want[512], new_name[128];
        (void)snprintf(name, sizeof name, "app_%0*d_ms", len, 7);
        (void)snprintf(new_name, sizeof new_name, "app_%0*d_seconds", len, 7);
        const tacho_desc row = { .gauge = &gauge, .name = name, .help = "Help." };
        tacho_registry *reg = tacho_registry_new(NULL);
        assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
        bool told = strlen(new_name) <= 80;
        (void)snprintf(want, sizeof want, "family '%.80s%s': 'ms' is no base unit; measure in seconds and %s%s\n", name,
                       strlen(name) > 80 ? "..." : "", told ? "call it " : "shorten it", told ? new_name : "");
        check(reg, want);
        tacho_registry_free(reg);
    }
}

/* ---- Meanwhile ---------------------------------------------------------------------------------------------- */

static const tacho_desc moving_descs[] = { { A(GAUGE, "moving_ms") } };
static const tacho_collector_ops moving_ops = { .name = "moving", .descs = moving_descs, .desc_count = 1, .collect = collect_nothing };
static tacho_gauge *moving_handle;
static const tacho_desc moving_row = { .gauge = &moving_handle, .name = "moving_kb", .help = "Help." };

struct moving_sink {
    tacho_sink sink;
    tacho_registry *reg;
    tacho_collector *collector;
    size_t calls;
};

static tacho_err moving_write(tacho_sink *sink, const void *data, size_t len)
{
    struct moving_sink *self = TACHO_CONTAINER(sink, struct moving_sink, sink);
    (void)data, (void)len;
    if (self->calls++) return TACHO_OK;
    assert_int_equal(tacho_registry_remove(self->reg, self->collector), TACHO_OK);
    memset(self->collector, 0xff, sizeof *self->collector);
    return tacho_registry_define(self->reg, &moving_row, 1);
}

static void a_sink_may_define_families_and_remove_the_collector_it_hears_of(void **state)
{
    (void)state;
    static const tacho_sink_ops ops = { moving_write };
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_collector collector = { &moving_ops };
    struct moving_sink sink = { { &ops }, reg, &collector, 0 };
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    size_t count = tacho_registry_lint(reg, &sink.sink);
    assert_int_equal(sink.calls, count);
    assert_in_range(count, 2, 4); /* the new family is found as well if the walk had not ended */
    check(reg, "family 'moving_kb': 'kb' is no base unit; measure in bytes and call it moving_bytes\n"
               "family 'moving_kb': begins with no program's name; put yours in front, as in app_moving_kb\n");
    tacho_registry_free(reg);
}

static tacho_err returning_write(tacho_sink *sink, const void *data, size_t len)
{
    struct moving_sink *self = TACHO_CONTAINER(sink, struct moving_sink, sink);
    (void)data, (void)len;
    if (self->calls++ >= 100) return TACHO_ERR_IO;
    assert_int_equal(tacho_registry_remove(self->reg, self->collector), TACHO_OK);
    return tacho_registry_add(self->reg, self->collector);
}

static void a_collector_that_comes_back_meanwhile_is_told_once(void **state)
{
    (void)state;
    static const tacho_sink_ops ops = { returning_write };
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_collector collector = { &moving_ops };
    struct moving_sink sink = { { &ops }, reg, &collector, 0 };
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    assert_int_equal(tacho_registry_lint(reg, &sink.sink), 2);
    assert_int_equal(sink.calls, 2);
    tacho_registry_free(reg);
}

struct mover {
    tacho_registry *reg;
    bool *done;
};

static void *move(void *at)
{
    struct mover *self = at;
    tacho_collector collector = { &moving_ops };
    while (!__atomic_load_n(self->done, __ATOMIC_ACQUIRE)) {
        if (tacho_registry_add(self->reg, &collector) || tacho_registry_define(self->reg, &moving_row, 1) ||
            tacho_registry_remove(self->reg, &collector) || tacho_registry_undefine(self->reg, &moving_row, 1))
            return self;
    }
    return NULL;
}

static void families_and_collectors_may_come_and_go_meanwhile(void **state)
{
    (void)state;
    tacho_registry *reg = open_faulty();
    bool done = false;
    struct mover mover = { reg, &done };
    pthread_t thread;
    void *failed;
    assert_int_equal(pthread_create(&thread, NULL, move, &mover), 0);
    for (int i = 0; i < 20000; i++) {
        size_t count = tacho_registry_lint(reg, NULL);
        assert_in_range(count, 3, 7);
    }
    __atomic_store_n(&done, true, __ATOMIC_RELEASE);
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_null(failed);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_breaks_a_convention_is_found_with_what_to_do),
        cmocka_unit_test(what_is_close_to_that_has_no_finding),
        cmocka_unit_test(a_row_that_says_its_name_is_unusual_has_no_finding),
        cmocka_unit_test(a_family_has_as_many_findings_as_rules_it_breaks),
        cmocka_unit_test(an_empty_registry_has_no_finding),
        cmocka_unit_test(tachos_own_families_have_no_finding_even_where_they_are_not_left_out),
        cmocka_unit_test(findings_come_in_the_order_in_which_families_and_collectors_were_defined),
        cmocka_unit_test(what_is_said_of_a_registrys_labels_is_said_once),
        cmocka_unit_test(a_null_registry_is_a_finding),
        cmocka_unit_test(a_sink_that_fails_is_not_called_again_and_the_number_is_the_same),
        cmocka_unit_test(a_sink_without_a_function_only_counts),
        cmocka_unit_test(a_finding_is_one_line_of_ascii_whatever_the_name),
        cmocka_unit_test(a_new_name_is_told_in_full_or_not_at_all),
        cmocka_unit_test(a_sink_may_define_families_and_remove_the_collector_it_hears_of),
        cmocka_unit_test(a_collector_that_comes_back_meanwhile_is_told_once),
        cmocka_unit_test(families_and_collectors_may_come_and_go_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
