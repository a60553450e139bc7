/*
 * test_trackarr.c - the Trackarr metric set: its 55 families, how it fails, and what it owes its source.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/exposition.h"
#include "support/fake_source.h"
#include "support/shown.h"
#include "trackarr.h"
#include "trackarr_families.h"
#include "trackarr_sql.h"

#define TABLE "tests/metric-sets/trackarr.tsv"
#define FAILURES "trackarr_exporter_query_failures_total"

/* ---- A set in a registry --------------------------------------------------------------------------------------------- */

struct rig {
    fake_source fake;
    tacho_registry *reg;
    trackarr *t;
    trackarr_listener listener;
    char told[512]; /* "query: why" and so on, the last ones */
    pthread_mutex_t mutex;
};

static void rig_told(trackarr_listener *self, const char *query, const char *why)
{
    struct rig *rig = TACHO_CONTAINER(self, struct rig, listener);
    pthread_mutex_lock(&rig->mutex);
    size_t len = strlen(rig->told);
    snprintf(rig->told + len, sizeof rig->told - len, "%s: %s\n", query, why ? why : "well");
    pthread_mutex_unlock(&rig->mutex);
}

static void rig_init(struct rig *rig, trackarr_options options)
{
    memset(rig, 0, sizeof *rig);
    pthread_mutex_init(&rig->mutex, NULL);
    fake_source_init(&rig->fake);
    rig->reg = tacho_registry_new(NULL);
    assert_non_null(rig->reg);
    rig->listener.told = rig_told;
    options.source = &rig->fake.source;
    options.listener = &rig->listener;
    rig->t = trackarr_new(rig->reg, &options);
    if (!rig->t) fail_msg("%s", tacho_registry_error(rig->reg));
}

static void rig_fini(struct rig *rig)
{
    trackarr_free(rig->t);
    assert_int_equal(fake_source_closed(&rig->fake), 1);
    tacho_registry_free(rig->reg);
    fake_source_fini(&rig->fake);
    pthread_mutex_destroy(&rig->mutex);
}

/* ---- The document ---------------------------------------------------------------------------------------------------- */

struct documented {
    char name[96], type[16], labels[32], values[160], help[256];
};

/* Read a row of the table; false at the end. */
static bool next_row(FILE *table, struct documented *row)
{
    char line[1024], *at = line;
    char *const columns[] = { row->name, row->type, row->labels, row->values, NULL, row->help };
    const size_t caps[] = { sizeof row->name, sizeof row->type, sizeof row->labels, sizeof row->values, 0, sizeof row->help };
    if (!fgets(line, sizeof line, table)) return false;
    for (size_t i = 0; i < TACHO_COUNT(columns); i++) {
        size_t len = strcspn(at, "\t\n");
        if (columns[i]) snprintf(columns[i], caps[i], "%.*s", (int)len, at);
        at += len + 1;
    }
    return true;
}

static void check_series(const struct exposition *page, const struct documented *row, const char *prefix)
{
    char series[256], name[128];
    snprintf(name, sizeof name, "%s%s", prefix, row->name);
    size_t count = 0;
    const char *value = strchr(row->values, '=');
    if (!value) {
        if (isnan(exposition_value(page, name))) fail_msg("%s has no sample", name);
        count = 1;
    }
    while (value) {
        size_t len = strcspn(++value, "|");
        snprintf(series, sizeof series, "%s{%s=\"%.*s\"}", name, row->labels, (int)len, value);
        if (isnan(exposition_value(page, series))) fail_msg("%s is missing", series);
        count++;
        value = value[len] ? value + len : NULL;
    }
    assert_int_equal(exposition_family(page, name)->count, count);
}

static void check_documented(tacho_registry *reg, const char *prefix)
{
    struct exposition *page = exposition_read(reg);
    FILE *table = fopen(TABLE, "r");
    struct documented row;
    size_t count = 0;
    if (!table) fail_msg(TABLE " is missing: run the test in the source directory");
    assert_true(next_row(table, &row)); /* the head */
    for (; next_row(table, &row); count++) {
        char name[128];
        snprintf(name, sizeof name, "%s%s", prefix, row.name);
        const struct exposition_family *family = exposition_family(page, name);
        if (!family) fail_msg("%s is missing", name);
        assert_string_equal(family->type, row.type);
        assert_string_equal(family->help, row.help);
        check_series(page, &row, prefix);
    }
    assert_int_equal(count, TRACKARR_DOCUMENTED);
    fclose(table);
    exposition_free(page);
}

static void every_documented_family_is_shown_with_all_its_series(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    check_documented(rig.reg, "");
    assert_string_equal(rig.told, "");
    rig_fini(&rig);
}

static void a_set_with_another_prefix_fits_beside_the_first(void **state)
{
    struct rig rig;
    fake_source other;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    fake_source_init(&other);
    trackarr *second = trackarr_new(rig.reg, &(trackarr_options){ .source = &other.source, .prefix = "my_" });
    assert_non_null(second);
    check_documented(rig.reg, "");
    check_documented(rig.reg, "my_");
    trackarr_free(second);
    assert_int_equal(fake_source_closed(&other), 1);
    fake_source_fini(&other);
    check_documented(rig.reg, "");
    assert_shown(rig.reg, "my_trackarr_users_total", NULL);
    rig_fini(&rig);
}

static void a_set_that_is_refused_closes_its_source_and_leaves_nothing(void **state)
{
    struct rig rig;
    fake_source other;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    fake_source_init(&other);
    assert_null(trackarr_new(rig.reg, &(trackarr_options){ .source = &other.source }));
    assert_non_null(tacho_registry_error(rig.reg));
    assert_int_equal(fake_source_closed(&other), 1);
    fake_source_fini(&other);
    check_documented(rig.reg, "");
    rig_fini(&rig);
}

static void families_vanish_with_their_set_and_it_can_come_back(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    trackarr_free(rig.t);
    struct exposition *page = exposition_read(rig.reg);
    for (size_t i = 0; i < page->family_count; i++)
        if (strncmp(page->families[i].name, "trackarr_", 9) == 0) fail_msg("%s is still there", page->families[i].name);
    exposition_free(page);
    rig.fake.closed = 0;
    rig.t = trackarr_new(rig.reg, &(trackarr_options){ .source = &rig.fake.source });
    assert_non_null(rig.t);
    check_documented(rig.reg, "");
    rig_fini(&rig);
}

static void each_group_is_read_once_by_a_scrape(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    for (unsigned scrapes = 1; scrapes <= 2; scrapes++) {
        exposition_free(exposition_read(rig.reg));
        for (size_t i = 0; i < TRACKARR_GROUPS; i++)
            assert_int_equal(fake_source_reads(&rig.fake, (trackarr_group)i), scrapes);
    }
    rig_fini(&rig);
}

static void groups_are_the_families_one_after_the_other(void **state)
{
    size_t next = 0;
    (void)state;
    for (size_t i = 0; i < TRACKARR_GROUPS; i++) {
        assert_int_equal(trackarr_groups[i].first, next);
        assert_true(trackarr_groups[i].count > 0);
        next += trackarr_groups[i].count;
    }
    assert_int_equal(next, TRACKARR_FAMILIES);
}

/* The values of a label are twice in the module, in the rows and in the SQL. */
static void each_query_lists_every_value_of_its_label(void **state)
{
    const char *names[TRACKARR_QUERIES + 1];
    FILE *table = fopen(TABLE, "r");
    struct documented row;
    size_t values = 0, queries = 0;
    (void)state;
    assert_non_null(table);
    trackarr_families_queries(names);
    while (next_row(table, &row)) {
        size_t at = 0;
        while (at < TRACKARR_SQL_QUERIES && strcmp(names[at], row.name + strlen("trackarr_")) != 0) at++;
        queries += at < TRACKARR_SQL_QUERIES;
        char *value = at < TRACKARR_SQL_QUERIES ? strchr(row.values, '=') : NULL;
        for (; value; value = strchr(value, '|'), values++) {
            char quoted[64];
            snprintf(quoted, sizeof quoted, "('%.*s')", (int)strcspn(value + 1, "|"), value + 1);
            if (!strstr(trackarr_sql[at], quoted)) fail_msg("%s does not list %s", row.name, quoted);
            value++;
        }
    }
    fclose(table);
    assert_int_equal(queries, TRACKARR_SQL_QUERIES);
    assert_int_equal(values, 51);
}

/* ---- Numbers --------------------------------------------------------------------------------------------------------- */

static void numbers_are_shown_as_exactly_as_they_come(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    rig.fake.numbers[TRACKARR_TORRENTS_BYTES_TOTAL] = trackarr_whole(UINT64_MAX);
    rig.fake.numbers[TRACKARR_DATABASE_SIZE_BYTES] = trackarr_whole(9007199254740993);
    rig.fake.numbers[TRACKARR_FREELEECH_POOL_POINTS_CURRENT] = (trackarr_number){ TRACKARR_NEGATIVE, { .negative = INT64_MIN } };
    rig.fake.numbers[TRACKARR_BONUS_ACTIVE_DOWNLOAD_MULTIPLIER] = trackarr_real(0.1);
    assert_shown(rig.reg, "trackarr_torrents_bytes_total", "18446744073709551615");
    assert_shown(rig.reg, "trackarr_database_size_bytes", "9007199254740993");
    assert_shown(rig.reg, "trackarr_freeleech_pool_points_current", "-9223372036854775808");
    assert_shown(rig.reg, "trackarr_bonus_active_download_multiplier", "0.1");
    rig_fini(&rig);
}

static void the_swarm_counts_its_peers(void **state)
{
    static const trackarr_peer peers[] = {
        { "10.0.0.1", 1, true, 1e12 },  { "10.0.0.1", 1, false, 1e12 },          { "10.0.0.2", 1, false, 1e12 - 3600000 },
        { "10.0.0.3", 1, false, 1e12 }, { "10.0.0.4", 1, true, 1e12 - 3600001 },
    };
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    rig.fake.peers = peers;
    rig.fake.peer_count = TACHO_COUNT(peers);
    assert_shown(rig.reg, "trackarr_peers_total", "3");
    assert_shown(rig.reg, "trackarr_seeders_total", "1");
    assert_shown(rig.reg, "trackarr_leechers_total", "2");
    assert_shown(rig.reg, "trackarr_exporter_peers_skipped{reason=\"stale\"}", "1");
    assert_shown(rig.reg, "trackarr_exporter_peers_skipped{reason=\"malformed\"}", "0");
    rig_fini(&rig);
}

/* ---- Failures -------------------------------------------------------------------------------------------------------- */

static void a_query_that_is_wrong_takes_only_its_own_family(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    fake_source_set(&rig.fake, TRACKARR_USERS_TOTP_ENABLED_TOTAL, FAKE_WRONG);
    struct exposition *page = exposition_read(rig.reg);
    assert_true(isnan(exposition_value(page, "trackarr_users_totp_enabled_total")));
    assert_true(exposition_value(page, "trackarr_users_total") == TRACKARR_USERS_TOTAL + 1);
    assert_true(exposition_value(page, "trackarr_users_banned_total") == TRACKARR_USERS_BANNED_TOTAL + 1);
    assert_true(exposition_value(page, "tacho_collector_success{collector=\"trackarr_users\"}") == 1);
    assert_true(exposition_value(page, "trackarr_torrents_total") == TRACKARR_TORRENTS_TOTAL + 1);
    exposition_free(page);
    assert_string_equal(rig.told, "users_totp_enabled_total: no such column\n");
    assert_true(shown_value(rig.reg, FAILURES "{query=\"users_totp_enabled_total\"}") >= 1);
    assert_shown(rig.reg, FAILURES "{query=\"users_total\"}", "0");
    rig_fini(&rig);
}

static void an_outage_takes_its_group_and_no_other(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    fake_source_set(&rig.fake, TRACKARR_USERS_BANNED_TOTAL, FAKE_OUTAGE);
    struct exposition *page = exposition_read(rig.reg);
    assert_true(isnan(exposition_value(page, "trackarr_users_total")));
    assert_true(isnan(exposition_value(page, "trackarr_users_by_role{role=\"admin\"}")));
    assert_true(isnan(exposition_value(page, "trackarr_users_totp_enabled_total")));
    assert_true(exposition_value(page, "tacho_collector_success{collector=\"trackarr_users\"}") == 0);
    assert_true(exposition_value(page, "tacho_collector_success{collector=\"trackarr_torrents\"}") == 1);
    assert_true(exposition_value(page, "trackarr_torrents_total") == TRACKARR_TORRENTS_TOTAL + 1);
    exposition_free(page);
    rig_fini(&rig);
}

static void an_answer_that_makes_no_sense_is_no_answer(void **state)
{
    static const struct {
        trackarr_family family;
        fake_manner manner;
        const char *why;
    } rows[] = {
        { TRACKARR_USERS_TOTAL, FAKE_NOTHING, "users_total: there is no row\n" },
        { TRACKARR_USERS_TOTAL, FAKE_TWICE, "users_total: the number comes twice\n" },
        { TRACKARR_USERS_TOTAL, FAKE_ODD_LABEL, "users_total: a label too many\n" },
        { TRACKARR_USERS_BY_ROLE, FAKE_NOTHING, "users_by_role: the row of admin is missing\n" },
        { TRACKARR_USERS_BY_ROLE, FAKE_ROW_TOO_FEW, "users_by_role: the row of admin is missing\n" },
        { TRACKARR_USERS_BY_ROLE, FAKE_TWICE, "users_by_role: the row of admin comes twice\n" },
        { TRACKARR_USERS_BY_ROLE, FAKE_ODD_LABEL, "users_by_role: 'event_skip' is no value of the label role\n" },
        { TRACKARR_USERS_BY_ROLE, FAKE_NULL_LABEL, "users_by_role: the label is NULL\n" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        struct rig rig;
        rig_init(&rig, (trackarr_options){ 0 });
        fake_source_set(&rig.fake, rows[i].family, rows[i].manner);
        bool roles = rows[i].family == TRACKARR_USERS_BY_ROLE;
        assert_shown(rig.reg, "trackarr_users_total", roles ? "1" : NULL);
        assert_shown(rig.reg, "trackarr_users_by_role{role=\"member\"}", roles ? NULL : "4");
        assert_shown(rig.reg, "trackarr_users_banned_total", "3");
        assert_string_equal(rig.told, rows[i].why);
        rig_fini(&rig);
    }
}

static void a_group_without_any_answer_has_failed(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    fake_source_set(&rig.fake, TRACKARR_REPORTS_PENDING_TOTAL, FAKE_WRONG);
    assert_shown(rig.reg, "tacho_collector_success{collector=\"trackarr_reports\"}", "0");
    assert_shown(rig.reg, "trackarr_reports_pending_total", NULL);
    rig_fini(&rig);
}

static void a_group_that_its_source_does_not_offer_has_no_collector(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    trackarr_free(rig.t);
    rig.fake.lacks[TRACKARR_GROUP_USERS] = true;
    rig.fake.closed = 0;
    rig.t = trackarr_new(rig.reg, &(trackarr_options){ .source = &rig.fake.source });
    assert_non_null(rig.t);
    assert_shown(rig.reg, "tacho_collector_success{collector=\"trackarr_reports\"}", "1");
    assert_shown(rig.reg, "tacho_collector_success{collector=\"trackarr_users\"}", NULL);
    assert_shown(rig.reg, "trackarr_users_total", NULL);
    rig_fini(&rig);
}

static void a_change_is_told_once_and_every_failure_is_counted(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    fake_source_set(&rig.fake, TRACKARR_HNR_ACTIVE_TOTAL, FAKE_OUTAGE);
    for (int i = 0; i < 3; i++) exposition_free(exposition_read(rig.reg));
    assert_string_equal(rig.told, "hnr_active_total: away\n");
    fake_source_set(&rig.fake, TRACKARR_HNR_ACTIVE_TOTAL, FAKE_NUMBER);
    assert_shown(rig.reg, FAILURES "{query=\"hnr_active_total\"}", "3");
    assert_string_equal(rig.told, "hnr_active_total: away\nhnr_active_total: well\n");
    rig_fini(&rig);
}

/* What psql was answered: rows of `columns` fields, which end at the first row that begins with END. */
#define END ((const char *)1)

static void take_rows(trackarr_answer *answer, const tacho_desc *desc, size_t columns, const char *const *texts)
{
    psql_field fields[8];
    psql_answer got = { .sqlstate = "", .column_count = columns, .fields = fields };
    for (size_t i = 0; texts[i] != END; i++) {
        assert_true(i < TACHO_COUNT(fields));
        fields[i] = (psql_field){ texts[i], texts[i] ? strlen(texts[i]) : 0 };
        got.row_count = (i + 1) / columns;
    }
    if (!got.row_count) got.column_count = 0;
    trackarr_answer_init(answer, desc);
    trackarr_sql_take(answer, &got);
    (void)trackarr_answer_end(answer);
}

static void nothing_that_a_server_answers_is_believed_unseen(void **state)
{
    static const char *const modes[] = { "manual", "auto", NULL };
    static const tacho_desc plain = { .name = "plain" }, labelled = { .name = "labelled", .labels = { "mode" }, .values = { modes } };
    static const struct {
        const tacho_desc *desc;
        size_t columns;
        const char *texts[8];
        const char *why;
    } rows[] = {
        { &plain, 1, { "7", END }, "" },
        { &plain, 1, { "0.5", END }, "" },
        { &plain, 1, { NULL, END }, "a number is NULL" },
        { &plain, 1, { "", END }, "'' is no number" },
        { &plain, 1, { "NaN", END }, "'NaN' is no number" },
        { &plain, 1, { "a\tb\n\"\\c", END }, "'a\tb\n\"\\c' is no number" },
        { &plain, 1, { "1", "2", END }, "the number comes twice" },
        { &plain, 1, { END }, "there is no row" },
        { &plain, 2, { "manual", "1", END }, "the answer has 2 columns, not 1" },
        { &labelled, 2, { "auto", "1", "manual", "18446744073709551615", END }, "" },
        { &labelled, 2, { "auto", "1", "manual", NULL, END }, "a number is NULL" },
        { &labelled, 2, { "auto", "1", NULL, "2", END }, "the label is NULL" },
        { &labelled, 2, { "auto", "1", "", "2", END }, "'' is no value of the label mode" },
        { &labelled, 2, { "auto", "1", "Manual", "2", END }, "'Manual' is no value of the label mode" },
        { &labelled, 2, { "auto", "1", END }, "the row of manual is missing" },
        { &labelled, 2, { END }, "the row of manual is missing" },
        { &labelled, 1, { "1", END }, "the answer has 1 columns, not 2" },
        { &labelled, 3, { "auto", "1", "2", END }, "the answer has 3 columns, not 2" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        trackarr_answer answer;
        take_rows(&answer, rows[i].desc, rows[i].columns, rows[i].texts);
        assert_string_equal(answer.why, rows[i].why);
        assert_int_equal(answer.failure, rows[i].why[0] ? TRACKARR_WRONG : TRACKARR_ANSWERED);
    }
}

static void a_megabyte_of_text_is_told_in_short(void **state)
{
    enum { LEN = 1 << 20 };
    static const tacho_desc plain = { .name = "plain" };
    char *text = malloc(LEN + 1);
    trackarr_answer answer;
    (void)state;
    assert_non_null(text);
    memset(text, '9', LEN);
    text[LEN] = '\0';
    take_rows(&answer, &plain, 1, (const char *const[]){ text, END });
    assert_int_equal(answer.failure, TRACKARR_WRONG);
    assert_true(strlen(answer.why) < 80);
    free(text);
}

static void an_error_is_one_of_the_query_or_of_the_server(void **state)
{
    static const tacho_desc plain = { .name = "plain" };
    static const struct {
        const char *sqlstate;
        trackarr_failure want;
    } rows[] = {
        { "42703", TRACKARR_WRONG },  { "42P01", TRACKARR_WRONG },  { "42501", TRACKARR_WRONG },  { "22003", TRACKARR_WRONG },
        { "0A000", TRACKARR_WRONG },  { "57014", TRACKARR_LATE }, { "55P03", TRACKARR_OUTAGE }, { "57P01", TRACKARR_OUTAGE },
        { "40001", TRACKARR_OUTAGE }, { "53300", TRACKARR_OUTAGE }, { "", TRACKARR_OUTAGE },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        trackarr_answer answer;
        trackarr_answer_init(&answer, &plain);
        trackarr_sql_take(&answer, &(psql_answer){ .error = "no", .sqlstate = rows[i].sqlstate });
        assert_int_equal(answer.failure, rows[i].want);
        assert_string_equal(answer.why, "no");
    }
}

static void a_walk_that_fails_shows_no_part_of_the_swarm(void **state)
{
    static const trackarr_peer peers[] = { { "10.0.0.1", 1, true, 1e12 }, { "10.0.0.2", 1, true, 1e12 } };
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ .max_peers = 1 });
    rig.fake.peers = peers;
    rig.fake.peer_count = TACHO_COUNT(peers);
    assert_shown(rig.reg, "trackarr_peers_total", NULL);
    assert_shown(rig.reg, "trackarr_exporter_peers_skipped{reason=\"stale\"}", NULL);
    assert_shown(rig.reg, "tacho_collector_success{collector=\"trackarr_swarm\"}", "0");
    assert_true(shown_value(rig.reg, FAILURES "{query=\"peers\"}") > 0);
    assert_string_equal(rig.told, "peers: the walk was cut off\n");
    rig_fini(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_documented_family_is_shown_with_all_its_series),
        cmocka_unit_test(a_set_with_another_prefix_fits_beside_the_first),
        cmocka_unit_test(a_set_that_is_refused_closes_its_source_and_leaves_nothing),
        cmocka_unit_test(families_vanish_with_their_set_and_it_can_come_back),
        cmocka_unit_test(each_group_is_read_once_by_a_scrape),
        cmocka_unit_test(groups_are_the_families_one_after_the_other),
        cmocka_unit_test(each_query_lists_every_value_of_its_label),
        cmocka_unit_test(numbers_are_shown_as_exactly_as_they_come),
        cmocka_unit_test(the_swarm_counts_its_peers),
        cmocka_unit_test(a_query_that_is_wrong_takes_only_its_own_family),
        cmocka_unit_test(an_outage_takes_its_group_and_no_other),
        cmocka_unit_test(an_answer_that_makes_no_sense_is_no_answer),
        cmocka_unit_test(a_group_without_any_answer_has_failed),
        cmocka_unit_test(a_group_that_its_source_does_not_offer_has_no_collector),
        cmocka_unit_test(a_change_is_told_once_and_every_failure_is_counted),
        cmocka_unit_test(nothing_that_a_server_answers_is_believed_unseen),
        cmocka_unit_test(a_megabyte_of_text_is_told_in_short),
        cmocka_unit_test(an_error_is_one_of_the_query_or_of_the_server),
        cmocka_unit_test(a_walk_that_fails_shows_no_part_of_the_swarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
