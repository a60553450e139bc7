/*
 * test_negotiate_random.c - Accept fields that nobody wrote.
 *
 * Random clauses are known before they are written down, and judged by a second, slower reading of the rules; then
 * come bytes that mean nothing, many of them.
 * Needs: OPENMETRICS PROTOBUF
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

#include "support/offers.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* ---- Known clauses, written in many ways and judged by definition -------------------------------------------- */

enum { V_NONE, V_0_0_1, V_0_0_4, V_1_0_0, V_OTHER };
static const char *const versions[] = { "", "0.0.1", "0.0.4", "1.0.0", "0.0.2" };
static const char *const schemes[] = { "underscores", "dots", "values", "allow-utf-8", "none" };
static const char *const medias[] = { "text/plain", "application/openmetrics-text", "application/vnd.google.protobuf",
                                      "text/*", "application/*", "*/*", "text/html" };
enum { PLAIN, OPENMETRICS, BINARY, ANY_TEXT, ANY_APPLICATION, ANYTHING };

struct clause {
    unsigned media, version, scheme; /* scheme: 5 is none */
    unsigned q;                      /* in thousandths */
    bool is_family, is_delimited;    /* proto and encoding are there and right */
};

/* What can be had, in the order in which a wildcard means it. */
static const struct exposition {
    unsigned media, version;
    struct offers_row row;
} expositions[] = {
    { PLAIN, V_0_0_4, { "", TEXT } },
    { PLAIN, V_1_0_0, { "", TEXT_1 } },
    { OPENMETRICS, V_1_0_0, { "", OM } },
    { OPENMETRICS, V_0_0_1, { "", OM_0 } },
    { BINARY, V_NONE, { "", PB } },
};

/* How closely the clause describes the exposition: 3 it alone, 2 any version, 1 a part of all types, 0 all; -1 not. */
static int closeness(const struct clause *clause, const struct exposition *what)
{
    if (clause->media == what->media) {
        if (what->media == BINARY)
            return clause->version == V_NONE && clause->is_family && clause->is_delimited ? 3 : -1;
        return clause->version == what->version ? 3 : clause->version == V_NONE ? 2 : -1;
    }
    if (clause->version != V_NONE || what->media == BINARY) return -1;
    if (clause->media == (what->media == PLAIN ? ANY_TEXT : ANY_APPLICATION)) return 1;
    return clause->media == ANYTHING ? 0 : -1;
}

/* The clause that speaks for the exposition, or -1. */
static int speaker(const struct clause *clauses, int count, const struct exposition *what)
{
    int best = -1;
    for (int i = 0; i < count; i++) {
        int close = closeness(&clauses[i], what), closest = best < 0 ? -1 : closeness(&clauses[best], what);
        if (close > closest || (close >= 0 && close == closest && clauses[i].q > clauses[best].q)) best = i;
    }
    return best;
}

/* Whether clause i means the exposition: names it, or stands for it because nothing before it can be had. */
static bool means(const struct clause *clauses, int count, int i, const struct exposition *what)
{
    if (closeness(&clauses[i], what) == 3) return true;
    if (clauses[i].media == ANY_APPLICATION) return false;
    for (const struct exposition *before = expositions; before < what; before++) {
        int other = speaker(clauses, count, before);
        if (closeness(&clauses[i], before) >= 0 && clauses[other].q > 0) return false;
    }
    return true;
}

static const struct exposition *judge(const struct clause *clauses, int count, unsigned *scheme)
{
    const struct exposition *best = NULL;
    int winner = -1;
    for (const struct exposition *what = expositions; what < expositions + LENGTH(expositions); what++) {
        int i = speaker(clauses, count, what);
        if (i < 0 || clauses[i].q == 0 || !means(clauses, count, i, what)) continue;
        int rank = 0;
        if (best) rank = (int)clauses[i].q - (int)clauses[winner].q;
        if (best && rank == 0) rank = closeness(&clauses[i], what) - closeness(&clauses[winner], best);
        if (best && rank == 0) rank = winner - i;
        if (best && rank <= 0) continue;
        best = what;
        winner = i;
    }
    *scheme = best && clauses[winner].scheme < 4 ? clauses[winner].scheme : 0;
    return best ? best : &expositions[0];
}

static uint32_t seed;

static unsigned any(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (unsigned)((uint64_t)seed * below >> 32);
}

struct text {
    char bytes[4096];
    size_t len;
};

static void put(struct text *text, const char *word)
{
    size_t len = strlen(word);
    assert_true(text->len + len < sizeof text->bytes);
    memcpy(text->bytes + text->len, word, len + 1);
    text->len += len;
}

static void put_blanks(struct text *text)
{
    static const char *const blanks[] = { "", "", "", " ", "\t", " \t  " };
    put(text, blanks[any(LENGTH(blanks))]);
}

static void put_name(struct text *text, const char *name)
{
    for (bool shout = any(4) == 0; *name; name++) {
        bool letter = *name >= 'a' && *name <= 'z';
        put(text, (char[]){ (char)(shout && letter && any(2) ? *name - 32 : *name), '\0' });
    }
}

static void put_parameter(struct text *text, const char *name, const char *value)
{
    bool quoted = any(4) == 0;
    do {
        put_blanks(text);
        put(text, ";");
        put_blanks(text);
    } while (any(8) == 0);
    put_name(text, name);
    put_blanks(text);
    put(text, "=");
    put_blanks(text);
    if (quoted) put(text, "\"");
    for (; *value; value++) {
        if (quoted && (any(8) == 0 || *value == '"' || *value == '\\')) put(text, "\\");
        put(text, (char[]){ *value, '\0' });
    }
    if (quoted) put(text, "\"");
}

static void put_weight(struct text *text, unsigned q)
{
    char value[16];
    snprintf(value, sizeof value, "%u.%03u", q / 1000, q % 1000);
    for (size_t len = 5; len > 1 && (value[len - 1] == '0' || value[len - 1] == '.') && any(2); len--)
        value[len - 1] = '\0';
    if (q == 1000 && any(2)) return;
    put_parameter(text, "q", value);
}

/* The parameters in an order that begins anywhere. */
static void put_clause(struct text *text, const struct clause *clause)
{
    put_blanks(text);
    put_name(text, medias[clause->media]);
    for (unsigned first = any(6), i = 0; i < 6; i++) {
        switch ((first + i) % 6) {
        case 0: if (clause->version != V_NONE) put_parameter(text, "version", versions[clause->version]); break;
        case 1: if (clause->scheme < 5) put_parameter(text, "escaping", schemes[clause->scheme]); break;
        case 2: if (clause->is_family) put_parameter(text, "proto", "io.prometheus.client.MetricFamily"); break;
        case 3: if (clause->is_delimited) put_parameter(text, "encoding", "delimited"); break;
        case 4: if (any(4) == 0) put_parameter(text, "charset", "utf-8"); break;
        default: put_weight(text, clause->q); break;
        }
    }
    put_blanks(text);
    if (any(8) == 0) put(text, ";");
    put_blanks(text);
}

static struct clause any_clause(void)
{
    static const unsigned weights[] = { 0, 0, 1, 100, 500, 500, 501, 999, 1000, 1000 };
    static const unsigned often[] = { V_NONE, V_NONE, V_0_0_1, V_0_0_4, V_1_0_0, V_1_0_0, V_OTHER };
    struct clause clause = { .media = any(LENGTH(medias)), .version = often[any(LENGTH(often))], .scheme = any(6) };
    clause.q = any(4) ? weights[any(LENGTH(weights))] : any(1001);
    if (clause.media == BINARY ? any(4) > 0 : clause.media >= ANY_TEXT && any(8) > 0) clause.version = V_NONE;
    clause.is_family = (any(8) > 0) == (clause.media == BINARY);
    clause.is_delimited = (any(8) > 0) == (clause.media == BINARY);
    return clause;
}

static void put_rubbish(struct text *text)
{
    static const char *const rubbish[] = { "", " ", ";", "text/plain;q=1.0000", "text/plain;version=1.0.0;q", "*",
                                           "*/*;q=-1", ASK_OM ";x=y z", "text/plain;x=\"a,b\"c", "\xff" };
    put(text, rubbish[any(LENGTH(rubbish))]);
    put(text, ",");
}

static void random_clauses_get_what_the_definition_gives_them_however_they_are_written(void **state)
{
    (void)state;
    seed = 20260;
    for (int round = 0; round < 200000; round++) {
        struct clause clauses[6];
        struct text text = { .len = 0 };
        int count = (int)any(LENGTH(clauses)) + 1;
        text.bytes[0] = '\0';
        for (int i = 0; i < count; i++) {
            clauses[i] = any_clause();
            while (any(6) == 0) put_rubbish(&text);
            put_clause(&text, &clauses[i]);
            if (i + 1 < count || any(8) == 0) put(&text, ",");
        }
        unsigned scheme;
        struct offers_row want = judge(clauses, count, &scheme)->row;
        char type[160];
        const char *escaping = strstr(want.content_type, "underscores");
        snprintf(type, sizeof type, "%.*s%s", escaping ? (int)(escaping - want.content_type) : 150, want.content_type,
                 escaping ? schemes[scheme] : "");
        want.content_type = type;
        want.escaping = (tacho_escaping)scheme;
        offers_check(text.bytes, &want);
    }
}

/* ---- Bytes that mean nothing --------------------------------------------------------------------------------- */

static void check_constant(tacho_offer offer)
{
    static const struct offers_row rows[] = {
        { "", TEXT_AS(TACHO_UNDERSCORES) }, { "", TEXT_AS(TACHO_DOTS) }, { "", TEXT_AS(TACHO_VALUES) },
        { "", TEXT_AS(TACHO_ALLOW_UTF8) }, { "", OM_0_AS(TACHO_UNDERSCORES) }, { "", OM_0_AS(TACHO_DOTS) },
        { "", OM_0_AS(TACHO_VALUES) }, { "", OM_0_AS(TACHO_ALLOW_UTF8) }, { "", TEXT_1 },
        { "", TEXT_1_AS(TACHO_DOTS, "dots") }, { "", TEXT_1_AS(TACHO_VALUES, "values") },
        { "", TEXT_1_AS(TACHO_ALLOW_UTF8, "allow-utf-8") }, { "", OM }, { "", OM_AS(TACHO_DOTS, "dots") },
        { "", OM_AS(TACHO_VALUES, "values") }, { "", OM_AS(TACHO_ALLOW_UTF8, "allow-utf-8") }, { "", PB },
        { "", PB_AS(TACHO_DOTS, "dots") }, { "", PB_AS(TACHO_VALUES, "values") },
        { "", PB_AS(TACHO_ALLOW_UTF8, "allow-utf-8") },
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        if (rows[i].format == offer.format && rows[i].escaping == offer.escaping &&
            strcmp(rows[i].content_type, offer.content_type) == 0)
            return;
    fail_msg("format %d, escaping %d: \"%s\"", (int)offer.format, (int)offer.escaping, offer.content_type);
}

static void random_bytes_get_one_of_the_constants(void **state)
{
    static const char *const words[] = {
        "text", "/", "plain", "*", ",", ";", "=", "\"", "\\", " ", "\t", "q", "version", "escaping", "proto",
        "encoding", "0", "1", ".", "0.0.4", "1.0.0", "0.0.1", "allow-utf-8", "dots", "values", "application",
        "openmetrics-text", "vnd.google.protobuf", "io.prometheus.client.MetricFamily", "delimited", "\xff", "\x01",
        "\n", "%n%s", ASK_OM, ASK_PB, "text/plain;version=1.0.0;escaping=values",
    };
    (void)state;
    seed = 6502;
    for (int round = 0; round < 50000; round++) {
        char bytes[64];
        size_t len = any(sizeof bytes + 1);
        for (size_t i = 0; i < len; i++) bytes[i] = (char)(unsigned char)(any(255) + 1);
        check_constant(offers_for(bytes, len));
        struct text text = { .len = 0 };
        for (unsigned i = any(40); i > 0; i--) put(&text, words[any(LENGTH(words))]);
        check_constant(offers_for(text.bytes, text.len));
    }
}

static void a_field_of_any_length_takes_time_in_proportion(void **state)
{
    static const char *const patterns[] = {
        ",", ";", "\"", "\\", "=", "=\"", "=\",", "=\"\\\",", "\\\",", "x=\"", "a/b;c=\"d,", "a/b;c=\"d\",",
        "a/b;c=\\\"",         "a/b,", "text/plain;q=1,", "*", " ", "/", "\xff", "0", ASK_OM ",",
    };
    static const size_t lengths[] = { 8192, 1 << 20 };
    (void)state;
    for (size_t i = 0; i < LENGTH(patterns); i++) {
        for (size_t j = 0; j < LENGTH(lengths); j++) {
            size_t len = lengths[j], step = strlen(patterns[i]);
            char *field = malloc(len + 1);
            assert_non_null(field);
            for (size_t at = 0; at < len; at++) field[at] = patterns[i][at % step];
            check_constant(offers_for(field, len));
            memcpy(field, ASK_OM ",", sizeof ASK_OM);
            assert_int_equal(offers_for(field, len).format, TACHO_OPENMETRICS);
            memcpy(field, "a/b;c=\"", 7); /* opened first, and closed by chance */
            check_constant(offers_for(field, len));
            free(field);
        }
    }
}

static void what_follows_eight_kibibytes_of_nothing_counts(void **state)
{
    (void)state;
    char field[8192 + sizeof ASK_OM];
    memset(field, ',', 8192);
    memcpy(field + 8192, ASK_OM, sizeof ASK_OM);
    assert_int_equal(tacho_format_negotiate(field).format, TACHO_OPENMETRICS);
    for (size_t i = 0; i + 1 < 8192; i += 2) memcpy(field + i, "\",", 2);
    assert_int_equal(tacho_format_negotiate(field).format, TACHO_OPENMETRICS);
    for (size_t i = 0; i + 4 < 8192; i += 4) memcpy(field + i, "=\"\\,", 4);
    assert_int_equal(tacho_format_negotiate(field).format, TACHO_OPENMETRICS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_clauses_get_what_the_definition_gives_them_however_they_are_written),
        cmocka_unit_test(random_bytes_get_one_of_the_constants),
        cmocka_unit_test(a_field_of_any_length_takes_time_in_proportion),
        cmocka_unit_test(what_follows_eight_kibibytes_of_nothing_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
