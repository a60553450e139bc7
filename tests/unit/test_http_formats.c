/*
 * test_http_formats.c - what a server answers to clients that prefer this or that format, or ask for some families.
 *
 * The zoo is served: a family of each type, with names and label values of every kind. Bodies are compared with what a
 * scrape gives without HTTP, byte by byte.
 * Needs: HTTP OPENMETRICS PROTOBUF JSON
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

#include <tacho/tacho.h>

#include "support/http_client.h"
#include "support/offers.h"
#include "support/zoo.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define FIELD "Accept: "
#define CRLF "\r\n"

/* How expositions of the zoo begin; PROTOBUF_HEAD stands behind the length of the first family. */
#define TEXT_HEAD "# HELP zoo_jobs_total Jobs done, by \"queue\".\\nAll of them.\n# TYPE zoo_jobs_total counter\n"
#define OM_HEAD "# TYPE zoo_jobs counter\n# HELP zoo_jobs Jobs done, by \\\"queue\\\".\\nAll of them.\n"
#define PROTOBUF_HEAD "\x0a\x0ezoo_jobs_total"
#define JSON_HEAD "[\n{\"name\":\"zoo_jobs_total\",\"type\":\"counter\","
#define CSV_HEAD "name,type,labels,value\r\nzoo_jobs_total,counter,"

static double fixed_now(tacho_clock *self)
{
    (void)self;
    return 1700000000.25;
}

static struct rig {
    tacho_clock clock;
    struct zoo zoo;
    tacho_http *http;
} rig = { .clock = { fixed_now } };

static int rig_open(void **state)
{
    static const tacho_http_options options = { .listen = "127.0.0.1:0", .timeout_ms = 60000 };
    (void)state;
    return zoo_open(&rig.zoo, &rig.clock) && tacho_http_start(rig.zoo.reg, &options, &rig.http) == TACHO_OK ? 0 : -1;
}

static int rig_close(void **state)
{
    (void)state;
    tacho_http_stop(rig.http);
    zoo_close(&rig.zoo);
    return 0;
}

static http_answer fetch(const char *method, const char *target, const char *fields)
{
    return http_fetch(tacho_http_url(rig.http), method, target, fields);
}

/* ---- What must come ------------------------------------------------------------------------------------------ */

struct names {
    const char *names[4];
};

static size_t names_count(const struct names *names)
{
    size_t count = 0;
    while (count < LENGTH(names->names) && names->names[count]) count++;
    return count;
}

/* The same exposition without HTTP; owes a free. */
static char *page_of(tacho_format format, tacho_escaping escaping, const struct names *names, size_t *len)
{
    enum { CAP = 65536 };
    char *page = malloc(CAP);
    tacho_scrape_options options = { .format = format, .escaping = escaping };
    if (names) options.names = names->names;
    if (names) options.name_count = names_count(names);
    tacho_scrape *scrape = tacho_scrape_open(rig.zoo.reg, &options);
    assert_true(page && scrape);
    *len = tacho_scrape_read(scrape, page, CAP);
    assert_true(*len < CAP);
    tacho_scrape_free(scrape);
    return page;
}

static const char *page_head(tacho_format format)
{
    switch (format) {
    case TACHO_TEXT:
    case TACHO_TEXT_1: return TEXT_HEAD;
    case TACHO_OPENMETRICS: return OM_HEAD;
    case TACHO_PROTOBUF: return PROTOBUF_HEAD;
    case TACHO_JSON: return JSON_HEAD;
    case TACHO_CSV: return CSV_HEAD;
    }
    return NULL;
}

static void assert_begins(const http_answer *answer, tacho_format format)
{
    const char *head = page_head(format), *body = answer->body;
    if (format == TACHO_PROTOBUF)
        while (*body++ & 0x80) {} /* the length */
    assert_memory_equal(body, head, strlen(head));
    if (format == TACHO_OPENMETRICS) assert_string_equal(answer->body + answer->len - 6, "# EOF\n");
}

static void assert_type(const http_answer *answer, const char *content_type)
{
    char line[256];
    (void)snprintf(line, sizeof line, "Content-Type: %s", content_type);
    if (!http_answer_has(answer, line)) fail_msg("not \"%s\" in\n%s", line, answer->head);
}

static void assert_page(const http_answer *answer, const struct offers_row *want, const struct names *names)
{
    size_t len;
    char *page = page_of(want->format, want->escaping, names, &len);
    assert_int_equal(answer->status, 200);
    assert_true(answer->complete);
    assert_type(answer, want->content_type);
    assert_int_equal(answer->len, len);
    assert_memory_equal(answer->body, page, len);
    free(page);
}

/* ---- Accept ---------------------------------------------------------------------------------------------------- */

#define OM_042 "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75"
#define TEXT_042 "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
#define OM_3 "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6," \
             "application/openmetrics-text;version=0.0.1;q=0.5"
#define TEXT_3 "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
#define NATIVE_042 ASK_PB ",application/openmetrics-text;version=1.0.0;q=0.8," \
                   "application/openmetrics-text;version=0.0.1;q=0.75," TEXT_042
#define NATIVE_3 ASK_PB ";q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5," \
                 "application/openmetrics-text;version=0.0.1;q=0.4," \
                 "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
#define BROWSER "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

static const struct offers_row scrapers[] = {
    { "", TEXT },                                                            /* no field at all */
    { FIELD OM_042 "," TEXT_042 CRLF, OM },                                  /* Prometheus 2.42 */
    { FIELD NATIVE_042 CRLF, PB },                                           /* with native histograms */
    { FIELD OM_3 "," TEXT_3 CRLF, OM_AS(TACHO_ALLOW_UTF8, "allow-utf-8") },  /* 3.x */
    { FIELD NATIVE_3 CRLF, PB },                                             /* with native histograms */
    { FIELD ASK_PB ";escaping=allow-utf-8" CRLF, PB_AS(TACHO_ALLOW_UTF8, "allow-utf-8") }, /* 3.0 */
    { FIELD "text/plain;version=0.0.4;q=1,*/*;q=0.1" CRLF, TEXT },           /* VictoriaMetrics */
    { FIELD "*/*" CRLF, TEXT },                                              /* curl */
    { FIELD BROWSER CRLF, TEXT },
    { FIELD TEXT_3 CRLF, TEXT_1_AS(TACHO_ALLOW_UTF8, "allow-utf-8") },       /* 3.x, OpenMetrics not wanted */
    { FIELD "application/openmetrics-text;version=0.0.1" CRLF, OM_0 },
    { FIELD ASK_OM ";escaping=dots" CRLF, OM_AS(TACHO_DOTS, "dots") },
    { FIELD ASK_OM ";escaping=values" CRLF, OM_AS(TACHO_VALUES, "values") },
};

static void every_scraper_gets_the_format_it_prefers(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(scrapers); i++) {
        http_answer answer = fetch("GET", "/metrics", scrapers[i].accept);
        assert_page(&answer, &scrapers[i], NULL);
        assert_begins(&answer, scrapers[i].format);
        http_answer_fini(&answer);
    }
}

static void a_head_has_the_fields_of_a_get_in_every_format(void **state)
{
    static const char *const targets[] = { "/metrics", "/metrics?name[]=zoo_mode", "/metrics?name[]=%", "/metrics.json",
                                           "/metrics.csv" };
    (void)state;
    http_client client = http_client_open(tacho_http_url(rig.http));
    for (size_t i = 0; i < LENGTH(scrapers) * LENGTH(targets); i++) {
        static const char *const methods[] = { "HEAD", "GET" };
        http_answer answers[2];
        for (int j = 0; j < 2; j++) {
            char request[1024];
            (void)snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", methods[j],
                           targets[i % LENGTH(targets)], scrapers[i / LENGTH(targets)].accept);
            assert_true(http_client_say(&client, request));
            answers[j] = http_client_read(&client, methods[j]);
        }
        assert_string_equal(answers[0].head, answers[1].head);
        assert_int_equal(answers[0].len, 0);
        http_answer_fini(&answers[0]);
        http_answer_fini(&answers[1]);
    }
    http_client_close(&client);
}

/* A token needs no Vary: what was answered to an Authorization is not given to others (RFC 9110, 12.5.5). */
static void what_depends_on_the_accept_field_says_so(void **state)
{
    static const struct {
        const char *target;
        bool varies;
    } rows[] = {
        { "/metrics", true },      { "/metrics?name[]=x", true }, { "/metrics.json", false }, { "/metrics.csv", false },
        { "/metrics?%", false },   { "/healthz", false },         { "/nothing", false },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        http_answer answer = fetch("GET", rows[i].target, "");
        assert_int_equal(http_answer_has(&answer, "Vary: Accept"), rows[i].varies);
        assert_int_equal(strstr(answer.head, "\r\nVary:") != NULL, rows[i].varies);
        http_answer_fini(&answer);
    }
}

static void several_accept_lines_are_one_list(void **state)
{
    static const struct offers_row rows[] = {
        { FIELD "text/plain;version=0.0.4;q=0.5" CRLF FIELD ASK_OM CRLF FIELD "*/*;q=0.1" CRLF, OM },
        { FIELD "*/*;q=0.1" CRLF "Authorization: Bearer x" CRLF "ACCEPT:" ASK_OM CRLF "X-Y: z" CRLF, OM },
        { "accept:\t" ASK_PB ";q=0.1 \t" CRLF "aCCept: " ASK_OM ";q=0.9" CRLF, OM },
        { FIELD CRLF FIELD CRLF FIELD ASK_PB CRLF FIELD CRLF, PB },
        { FIELD "text/plain;version=1.0.0;q=0.2," CRLF FIELD "," ASK_OM ";q=0.1" CRLF, TEXT_1 },
        { FIELD "text/html;a=\"" CRLF FIELD ASK_OM CRLF, OM }, /* a quote opens nothing in the next line */
        { FIELD "text/html;a=\"" CRLF FIELD "\"," ASK_OM CRLF, OM },
        { FIELD "application/openmetrics-text;version=" CRLF FIELD "1.0.0" CRLF, TEXT }, /* no clause goes on there */
        { "Accept-Encoding: gzip" CRLF "X-Accept: " ASK_OM CRLF, TEXT },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        http_answer answer = fetch("GET", "/metrics", rows[i].accept);
        assert_page(&answer, &rows[i], NULL);
        http_answer_fini(&answer);
    }
}

/* A request whose head is filled up to `head_len` bytes with copies of `filler`, the wanted line first or last. */
static http_answer fetch_among(const char *filler, const char *wanted, bool last, size_t head_len)
{
    static char request[8192];
    static const char line[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n";
    size_t len = strlen(line), end = head_len - strlen("X:\r\n\r\n") - strlen(wanted);
    assert_true(head_len <= sizeof request);
    memcpy(request, line, len);
    if (!last) memcpy(request + len, wanted, strlen(wanted));
    if (!last) len += strlen(wanted), end += strlen(wanted);
    for (; len + strlen(filler) <= end; len += strlen(filler)) memcpy(request + len, filler, strlen(filler));
    if (last) memcpy(request + len, wanted, strlen(wanted));
    if (last) len += strlen(wanted);
    memcpy(request + len, "X:", 2);
    memset(request + len + 2, 'x', head_len - len - 6);
    memcpy(request + head_len - 4, "\r\n\r\n", 4);
    http_client client = http_client_open(tacho_http_url(rig.http));
    assert_true(http_client_send(&client, request, head_len));
    http_answer answer = http_client_read(&client, "GET");
    http_client_close(&client);
    return answer;
}

static void as_many_accept_lines_as_a_head_holds_are_read(void **state)
{
    static const char *const fillers[] = {
        "Accept:\r\n",   "Accept:a/b\r\n",       "Accept: text/plain;version=0.0.4;q=0.9\r\n",
        "Accept: \"\r\n", "Accept: a/b;c=\"\r\n", "Accept: ,;,;\"\\\r\n",
    };
    static const struct offers_row om = { NULL, OM };
    (void)state;
    for (size_t i = 0; i < LENGTH(fillers) * 2; i++) {
        http_answer answer = fetch_among(fillers[i / 2], FIELD ASK_OM CRLF, i % 2, 8192);
        assert_page(&answer, &om, NULL);
        http_answer_fini(&answer);
    }
}

static void a_hostile_accept_field_gets_text_and_nothing_back(void **state)
{
    static const char *const values[] = {
        "\"", "\\", "a/b;c=\"\\", ";;;;", "/", "*", "*/*/*", "text/plain;q=", "text/plain;q=2", "text/plain;version=9",
        "%s%s%s%n", "application/openmetrics-text;version=1.0.0;q=0", "\xff\xfe/\x80", "<script>/x", "a/b;q=1;q=0.1",
        "application/openmetrics-text;version=\"1.0.0", ASK_PB "x", "text/plain;version=0.0.4;escaping=<script>",
    };
    static const struct offers_row text = { NULL, TEXT };
    (void)state;
    http_answer plain = fetch("GET", "/metrics", "");
    for (size_t i = 0; i < LENGTH(values); i++) {
        char fields[512];
        (void)snprintf(fields, sizeof fields, FIELD "%s" CRLF, values[i]);
        http_answer answer = fetch("GET", "/metrics", fields);
        assert_page(&answer, &text, NULL);
        assert_string_equal(answer.head, plain.head);
        http_answer_fini(&answer);
        answer = fetch_among("Accept: a/b;c=\"\\\"\r\n", fields, i % 2, 8192);
        assert_string_equal(answer.head, plain.head);
        http_answer_fini(&answer);
    }
    http_answer_fini(&plain);
}

static void pipelined_requests_each_get_their_own_format(void **state)
{
#define ASK(target, fields) "GET " target " HTTP/1.1\r\nHost: localhost\r\n" fields CRLF
    static const char requests[] =
        ASK("/metrics", FIELD NATIVE_042 CRLF) ASK("/metrics", "") ASK("/metrics.json", FIELD ASK_OM CRLF)
        ASK("/metrics", FIELD OM_3 CRLF) ASK("/metrics?name[]=zoo_mode", FIELD ASK_OM CRLF) ASK("/metrics?%zz", "")
        ASK("/metrics.csv", "") ASK("/metrics", FIELD TEXT_3 CRLF) ASK("/metrics", FIELD "*/*" CRLF);
    static const struct {
        struct offers_row row;
        struct names names;
    } want[] = {
        { { NULL, PB }, { { NULL } } },
        { { NULL, TEXT }, { { NULL } } },
        { { NULL, TACHO_JSON, TACHO_ALLOW_UTF8, "application/json" }, { { NULL } } },
        { { NULL, OM_AS(TACHO_ALLOW_UTF8, "allow-utf-8") }, { { NULL } } },
        { { NULL, OM }, { { "zoo_mode" } } },
        { { NULL, TEXT }, { { NULL } } }, /* stands for the 400 */
        { { NULL, TACHO_CSV, TACHO_ALLOW_UTF8, "text/csv; charset=utf-8; header=present" }, { { NULL } } },
        { { NULL, TEXT_1_AS(TACHO_ALLOW_UTF8, "allow-utf-8") }, { { NULL } } },
        { { NULL, TEXT }, { { NULL } } },
    };
    (void)state;
    http_client client = http_client_open(tacho_http_url(rig.http));
    assert_true(http_client_say(&client, requests));
    for (size_t i = 0; i < LENGTH(want); i++) {
        http_answer answer = http_client_read(&client, "GET");
        if (i == 5)
            assert_int_equal(answer.status, 400);
        else
            assert_page(&answer, &want[i].row, &want[i].names);
        http_answer_fini(&answer);
    }
    http_client_close(&client);
}

static void http_1_0_gets_every_format_without_chunks(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(scrapers); i++) {
        char request[1024];
        http_client client = http_client_open(tacho_http_url(rig.http));
        (void)snprintf(request, sizeof request, "GET /metrics HTTP/1.0\r\n%s\r\n", scrapers[i].accept);
        assert_true(http_client_say(&client, request));
        http_answer answer = http_client_read(&client, "GET");
        assert_false(answer.chunked);
        assert_page(&answer, &scrapers[i], NULL);
        http_answer_fini(&answer);
        assert_true(http_client_ended(&client));
        http_client_close(&client);
    }
}

/* ---- JSON and CSV ------------------------------------------------------------------------------------------------ */

static const struct offers_row fixed[] = {
    { "/metrics.json", TACHO_JSON, TACHO_ALLOW_UTF8, "application/json" },
    { "/metrics.csv", TACHO_CSV, TACHO_ALLOW_UTF8, "text/csv; charset=utf-8; header=present" },
};

static void json_and_csv_have_paths_of_their_own_whatever_is_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(fixed); i++)
        for (size_t j = 0; j < LENGTH(scrapers); j++) {
            http_answer answer = fetch("GET", fixed[i].accept, scrapers[j].accept);
            assert_page(&answer, &fixed[i], NULL);
            assert_begins(&answer, fixed[i].format);
            http_answer_fini(&answer);
        }
    http_answer answer = fetch("GET", "/metrics", FIELD "application/json, text/csv;q=0.9" CRLF);
    assert_begins(&answer, TACHO_TEXT);
    http_answer_fini(&answer);
}

static void unused_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    (void)self, (void)request, (void)reply;
}

static void paths_of_the_metrics_are_nobody_elses(void **state)
{
    static const struct {
        tacho_http_route_ops ops;
        tacho_err want;
    } rows[] = {
        { { .path = "/m/x", .answer = unused_answer }, TACHO_ERR_DUPLICATE },
        { { .path = "/m/x.json", .answer = unused_answer }, TACHO_ERR_DUPLICATE },
        { { .path = "/m/x.csv", .answer = unused_answer }, TACHO_ERR_DUPLICATE },
        { { .path = "/metrics", .answer = unused_answer }, TACHO_OK },
        { { .path = "/metrics.json", .answer = unused_answer }, TACHO_OK },
        { { .path = "/m/x.txt", .answer = unused_answer }, TACHO_OK },
        { { .path = "/m/x.json.json", .answer = unused_answer }, TACHO_OK },
        { { .path = "/m", .answer = unused_answer }, TACHO_OK },
    };
    tacho_http_route routes[LENGTH(rows)] = { { .ops = NULL } };
    tacho_http_options options = { .listen = "127.0.0.1:0", .path = "/m/x", .token = "s3cret" };
    tacho_http *http;
    (void)state;
    assert_int_equal(tacho_http_start(rig.zoo.reg, &options, &http), TACHO_OK);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        routes[i].ops = &rows[i].ops;
        assert_int_equal(tacho_http_add_route(http, &routes[i]), rows[i].want);
    }
    static const char *const targets[] = { "/m/x", "/m/x.json", "/m/x.csv" };
    for (size_t i = 0; i < LENGTH(targets); i++) {
        http_answer closed = http_fetch(tacho_http_url(http), "GET", targets[i], "");
        http_answer open = http_fetch(tacho_http_url(http), "GET", targets[i], "Authorization: Bearer s3cret\r\n");
        assert_int_equal(closed.status, 401);
        assert_int_equal(open.status, 200);
        assert_begins(&open, i == 0 ? TACHO_TEXT : i == 1 ? TACHO_JSON : TACHO_CSV);
        http_answer_fini(&closed);
        http_answer_fini(&open);
    }
    tacho_http_stop(http);
}

/* ---- Filters ----------------------------------------------------------------------------------------------------- */

static const struct filter {
    const char *query;
    struct names names;    /* for a scrape without HTTP */
    struct names families; /* what must be there */
} filters[] = {
    { "name[]=zoo_mode", { { "zoo_mode" } }, { { "zoo_mode" } } },
    { "name%5B%5D=zoo_mode&name[]=zoo_level_ratio", { { "zoo_level_ratio", "zoo_mode" } },
      { { "zoo_level_ratio", "zoo_mode" } } },
    { "name[]=zoo_mode&name[]=zoo_mode", { { "zoo_mode" } }, { { "zoo_mode" } } },
    { "name[]=zoo_jobs", { { "zoo_jobs_total" } }, { { "zoo_jobs_total" } } },
    { "name[]=zoo_mo*", { { "zoo_mode" } }, { { "zoo_mode" } } },
    { "name[]=zoo_mo%2A&name[]=*x", { { "zoo_mode" } }, { { "zoo_mode" } } },
    { "name[]=zoo_jobs_total", { { "zoo_jobs_total" } }, { { "zoo_jobs_total" } } },
    { "name[]=zoo_wait_seconds_bucket", { { "zoo_wait_seconds" } }, { { "zoo_wait_seconds" } } },
    { "name[]=%7A%6fo%5Fmode", { { "zoo_mode" } }, { { "zoo_mode" } } },
    { "name[]=zoo.dotted", { { "zoo.dotted" } }, { { "zoo.dotted" } } },
    { "name[]=zoo_dotted", { { "zoo.dotted" } }, { { "zoo.dotted" } } },
    { "page=1&name[]=zoo_mode&name=zoo_flying&time=100%25", { { "zoo_mode" } }, { { "zoo_mode" } } },
    { "name[]=nothing", { { "nothing" } }, { { NULL } } },
    { "name[]=", { { "nothing" } }, { { NULL } } },
    { "name[]=zoo_mode%00", { { "nothing" } }, { { NULL } } },
    { "name[]=zoo_mode+", { { "nothing" } }, { { NULL } } },
    { "name[]=zoo_m", { { "nothing" } }, { { NULL } } },
    { "name[]=Zoo_mode", { { "nothing" } }, { { NULL } } },
    { "name[]=zoo_mode%00&name[]=zoo_flying", { { "zoo_flying" } }, { { "zoo_flying" } } },
};

/* Of the names of all families in a text exposition, how many there are; each must be wanted. */
static size_t families_in(const char *text, const struct names *wanted)
{
    size_t found = 0, count = names_count(wanted);
    for (const char *at = text; (at = strstr(at, "# TYPE ")); found++) {
        at += strlen("# TYPE ");
        size_t len = strcspn(at, " "), i = 0;
        if (*at == '"') at++, len -= 2;
        while (i < count && (strlen(wanted->names[i]) != len || memcmp(wanted->names[i], at, len) != 0)) i++;
        if (i == count) fail_msg("%.*s is shown", (int)len, at);
    }
    return found;
}

static void only_families_that_are_asked_for_are_shown_in_every_format(void **state)
{
    static const struct offers_row formats[] = {
        { "", TEXT },
        { FIELD TEXT_3 CRLF, TEXT_1_AS(TACHO_ALLOW_UTF8, "allow-utf-8") },
        { FIELD ASK_OM CRLF, OM },
        { FIELD ASK_PB CRLF, PB },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(filters); i++) {
        char target[256];
        (void)snprintf(target, sizeof target, "/metrics?%s", filters[i].query);
        for (size_t j = 0; j < LENGTH(formats); j++) {
            http_answer answer = fetch("GET", target, formats[j].accept);
            assert_page(&answer, &formats[j], &filters[i].names);
            if (formats[j].format == TACHO_TEXT_1)
                assert_int_equal(families_in(answer.body, &filters[i].families), names_count(&filters[i].families));
            http_answer_fini(&answer);
        }
        for (size_t j = 0; j < LENGTH(fixed); j++) {
            (void)snprintf(target, sizeof target, "%s?%s", fixed[j].accept, filters[i].query);
            http_answer answer = fetch("GET", target, "");
            assert_page(&answer, &fixed[j], &filters[i].names);
            http_answer_fini(&answer);
        }
    }
}

static void an_exposition_without_families_is_valid(void **state)
{
    static const struct {
        const char *path, *fields, *want;
    } rows[] = {
        { "/metrics", "", "" },
        { "/metrics", FIELD ASK_OM CRLF, "# EOF\n" },
        { "/metrics", FIELD ASK_PB CRLF, "" },
        { "/metrics.json", "", "[\n]\n" },
        { "/metrics.csv", "", "name,type,labels,value\r\n" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char target[64];
        (void)snprintf(target, sizeof target, "%s?name[]=nothing", rows[i].path);
        http_answer answer = fetch("GET", target, rows[i].fields);
        assert_int_equal(answer.status, 200);
        assert_true(answer.complete);
        assert_string_equal(answer.body, rows[i].want);
        http_answer_fini(&answer);
    }
}

/* The status of a request whose query has so many names, the last one of a family that is there. */
static int ask_for_names(http_client *client, int count)
{
    static char request[9000];
    size_t len = (size_t)snprintf(request, sizeof request, "GET /metrics?name[]=zoo_mode");
    for (int i = 1; i < count; i++) len += (size_t)snprintf(request + len, sizeof request - len, "&name[]=n%d", i);
    (void)snprintf(request + len, sizeof request - len, " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_true(http_client_say(client, request));
    http_answer answer = http_client_read(client, "GET");
    int status = answer.status;
    if (status == 200) assert_int_equal(families_in(answer.body, &(struct names){ { "zoo_mode" } }), 1);
    http_answer_fini(&answer);
    return status;
}

static void a_query_without_sense_is_refused_and_the_connection_goes_on(void **state)
{
    static const char *const targets[] = { "/metrics?name[]=%", "/metrics?x=%4", "/metrics.json?%zz",
                                           "/metrics.csv?name%5=a" };
    (void)state;
    http_client client = http_client_open(tacho_http_url(rig.http));
    for (size_t i = 0; i < LENGTH(targets); i++) {
        char request[128];
        (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", targets[i]);
        assert_true(http_client_say(&client, request));
        http_answer answer = http_client_read(&client, "GET");
        assert_int_equal(answer.status, 400);
        assert_false(http_answer_has(&answer, "Connection: close"));
        assert_string_equal(answer.body, "The request is malformed.\n");
        http_answer_fini(&answer);
    }
    assert_int_equal(ask_for_names(&client, 257), 400);
    assert_int_equal(ask_for_names(&client, 256), 200);
    http_client_close(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scraper_gets_the_format_it_prefers),
        cmocka_unit_test(a_head_has_the_fields_of_a_get_in_every_format),
        cmocka_unit_test(what_depends_on_the_accept_field_says_so),
        cmocka_unit_test(several_accept_lines_are_one_list),
        cmocka_unit_test(as_many_accept_lines_as_a_head_holds_are_read),
        cmocka_unit_test(a_hostile_accept_field_gets_text_and_nothing_back),
        cmocka_unit_test(pipelined_requests_each_get_their_own_format),
        cmocka_unit_test(http_1_0_gets_every_format_without_chunks),
        cmocka_unit_test(json_and_csv_have_paths_of_their_own_whatever_is_accepted),
        cmocka_unit_test(paths_of_the_metrics_are_nobody_elses),
        cmocka_unit_test(only_families_that_are_asked_for_are_shown_in_every_format),
        cmocka_unit_test(an_exposition_without_families_is_valid),
        cmocka_unit_test(a_query_without_sense_is_refused_and_the_connection_goes_on),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
