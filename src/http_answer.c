/*
 * http_answer.c - what a connection answers.
 *
 * A request is judged in this order: malformed, host, path, method, token, body, query. What is asked first tells least.
 */
#include "http_answer.h"

#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "http_head.h"
#include "http_query.h"
#include "page.h"
#include "scrape.h"

#define ANSWER_MARGIN_MS 500  /* at most: a tenth of the scraper's time */
#define ANSWER_HEAD_MAX (5 * TACHO__HTTP_VALUE_MAX + 1000) /* of a route's: as many values as it may set, and the rest */

static const char answer_plain[] = "text/plain; charset=utf-8";

/* Whether this answer is the last one of its connection. */
static bool answer_closes(tacho__http_conn *conn)
{
    bool many = conn->site->max_requests && conn->requests >= conn->site->max_requests;
    if (conn->request.close || conn->request.body || conn->last || many) conn->closing = true;
    return conn->closing;
}

/* Begin an answer with its head, which fits. */
static void answer_begin(tacho__http_conn *conn, tacho__http_response response)
{
    response.close = answer_closes(conn);
    conn->status = response.status;
    conn->out_at = 0;
    conn->out_len = tacho__http_response_write(&response, conn->out, sizeof conn->out);
}

size_t tacho__http_append(tacho__http_conn *conn, const char *data, size_t len)
{
    size_t room = sizeof conn->out - conn->out_len;
    if (len > room) len = room;
    if (len > 0) memcpy(conn->out + conn->out_len, data, len);
    conn->out_len += len;
    return len;
}

/* ---- Words ------------------------------------------------------------------------------------------------- */

/* The answer is what `response` says and a few words, in text/plain unless it says otherwise. */
static void answer_say_words(tacho__http_conn *conn, tacho__http_response response, const char *words)
{
    size_t len = strlen(words);
    if (!response.content_type) response.content_type = answer_plain;
    if (len > TACHO__HTTP_BODY_MAX) len = TACHO__HTTP_BODY_MAX;
    response.framing = TACHO__HTTP_LENGTH;
    response.length = len;
    tacho__http_tally_refusal(&conn->site->tally, response.status);
    answer_begin(conn, response);
    if (conn->request.method != TACHO__HTTP_HEAD) (void)tacho__http_append(conn, words, len);
}

/* The answer is a status and its sentence. */
static void answer_say(tacho__http_conn *conn, int status)
{
    answer_say_words(conn, (tacho__http_response){ .status = status }, tacho__http_status_sentence(status));
}

/* The same for the metrics, for which the host may have words of its own. */
static void answer_say_own(tacho__http_conn *conn, int status, const char *own)
{
    tacho__http_response response = { .status = status, .content_type = own ? conn->door->words.content_type : NULL };
    answer_say_words(conn, response, own ? own : tacho__http_status_sentence(status));
}

void tacho__http_answer_failure(tacho__http_conn *conn)
{
    const tacho_http_words *words = &conn->door->words;
    answer_say_own(conn, words->failure_status ? words->failure_status : 503, words->failure);
}

/* There is nothing at the root: say where the metrics are, unless only who has the token may know. */
static void answer_say_where(tacho__http_conn *conn)
{
    char words[TACHO__HTTP_PATH_MAX + 64];
    (void)snprintf(words, sizeof words, "There is nothing at this path: the metrics are at %s\n", conn->door->path);
    answer_say_words(conn, (tacho__http_response){ .status = 404 },
                     conn->door->tokens.vault ? tacho__http_status_sentence(404) : words);
}

/* ---- The metrics ------------------------------------------------------------------------------------------- */

/* What a client gets at one of the places of the metrics. */
static tacho_offer answer_offer(tacho__http_conn *conn, tacho__http_place place)
{
    tacho_format format = place == TACHO__HTTP_JSON ? TACHO_JSON : TACHO_CSV;
    if (place != TACHO__HTTP_METRICS)
        return (tacho_offer){ format, TACHO_ALLOW_UTF8, tacho_format_content_type(format) };
    tacho__http_request_join(&conn->request, conn->in, "accept", conn->out);
    return tacho_format_negotiate(conn->out);
}

/* How long collectors are waited for: what the scraper says, less a margin for the way back, or else the site's time. */
static uint32_t answer_timeout(tacho__http_conn *conn)
{
    tacho__http_request_join(&conn->request, conn->in, "x-prometheus-scrape-timeout-seconds", conn->out);
    uint32_t ms = tacho__http_seconds(conn->out), margin = ms / 10 < ANSWER_MARGIN_MS ? ms / 10 : ANSWER_MARGIN_MS;
    if (ms == 0) return conn->site->collect_ms;
    return ms > margin ? ms - margin : 1;
}

static bool answer_open_scrape(tacho__http_conn *conn, const tacho__http_names *names, uint32_t timeout_ms)
{
    tacho_scrape_options options = { .format = conn->offer.format,
                                     .escaping = conn->offer.escaping,
                                     .names = names->names,
                                     .name_count = names->count,
                                     .timeout_ms = timeout_ms,
                                     .no_wait = 1,
                                     .constants = conn->door->constants };
    conn->scrape = tacho__scrape_open(conn->site->reg, &options, conn->door->view);
    return conn->scrape != NULL;
}

void tacho__http_answer_metrics(tacho__http_conn *conn)
{
    conn->gathering = false;
    conn->chunked = conn->request.minor > 0;
    answer_begin(conn, (tacho__http_response){ .status = 200,
                                               .content_type = conn->offer.content_type,
                                               .framing = conn->chunked ? TACHO__HTTP_CHUNKED : TACHO__HTTP_TO_END,
                                               .negotiated = conn->negotiated });
}

static void answer_show_metrics(tacho__http_conn *conn, tacho__http_place place)
{
    tacho__http_names names;
    uint32_t timeout_ms = answer_timeout(conn);
    conn->offer = answer_offer(conn, place);
    conn->negotiated = place == TACHO__HTTP_METRICS;
    int status = tacho__http_query_names(conn->request.query, conn->out, &names);
    if (status != 200)
        answer_say(conn, status);
    else if (conn->request.method == TACHO__HTTP_HEAD)
        tacho__http_answer_metrics(conn);
    else if (answer_open_scrape(conn, &names, timeout_ms))
        conn->gathering = true;
    else
        tacho__http_answer_failure(conn);
}

/* The page, and where it finds the metrics: that is for those who may see them. */
static void answer_show_page(tacho__http_conn *conn)
{
    char fields[TACHO__PAGE_FIELDS_MAX];
    size_t len;
    const char *document = tacho__page_document(&len);
    bool told = conn->request.authorization || !conn->door->tokens.vault; /* the judge let nobody in with a wrong token */
    tacho__page_fields(told ? conn->door->path : NULL, fields);
    answer_begin(conn, (tacho__http_response){ .status = 200,
                                               .content_type = "text/html; charset=utf-8",
                                               .framing = TACHO__HTTP_LENGTH,
                                               .length = len,
                                               .fields = fields });
    if (conn->request.method == TACHO__HTTP_HEAD) return;
    conn->constant = document;
    conn->body_len = len;
}

/* ---- Routes ------------------------------------------------------------------------------------------------ */

static bool answer_reply_valid(const tacho_http_reply *reply)
{
    return reply->status >= 200 && reply->status <= 599 && (reply->body || reply->len == 0) &&
           tacho__http_value_valid(reply->content_type) && tacho__http_value_valid(reply->cache_control) &&
           tacho__http_value_valid(reply->location) && tacho__http_value_valid(reply->authenticate) &&
           tacho__http_value_valid(reply->content_security_policy);
}

/* Take a reply over: its bytes are the host's until its next call, or lie in `out` as part of the request. What exceeds
 * `out` goes to the heap. */
static void answer_take_reply(tacho__http_conn *conn, const tacho_http_reply *reply)
{
    char head[ANSWER_HEAD_MAX];
    bool bodiless = reply->status == 204 || reply->status == 304;
    tacho__http_response response = { .status = reply->status,
                                      .content_type = reply->content_type ? reply->content_type : answer_plain,
                                      .framing = bodiless ? TACHO__HTTP_NO_BODY : TACHO__HTTP_LENGTH,
                                      .length = reply->len,
                                      .close = answer_closes(conn),
                                      .cache_control = reply->cache_control,
                                      .location = reply->location,
                                      .authenticate = reply->authenticate,
                                      .content_security_policy = reply->content_security_policy };
    size_t head_len = tacho__http_response_write(&response, head, sizeof head);
    size_t len = bodiless || conn->request.method == TACHO__HTTP_HEAD ? 0 : reply->len;
    size_t first = len < sizeof conn->out - head_len ? len : sizeof conn->out - head_len;
    if (len > first) conn->body = tacho__alloc(len - first);
    if (len > first && !conn->body) {
        answer_say(conn, 503);
        return;
    }
    if (len > first) memcpy(conn->body, reply->body + first, len - first);
    conn->body_len = len - first;
    if (first > 0) memmove(conn->out + head_len, reply->body, first);
    memcpy(conn->out, head, head_len);
    conn->out_at = 0;
    conn->out_len = head_len + first;
    conn->status = reply->status;
}

static void answer_ask(tacho__http_conn *conn, tacho_http_route *route, const char *body, size_t len)
{
    tacho_http_reply reply = { .status = 200 };
    bool head = conn->request.method == TACHO__HTTP_HEAD;
    const tacho_http_request asked = { .method = head ? TACHO_HTTP_GET : 1u << conn->request.method,
                                       .query = conn->request.query,
                                       .body = body,
                                       .len = len };
    route->ops->answer(route, &asked, &reply);
    if (answer_reply_valid(&reply))
        answer_take_reply(conn, &reply);
    else
        answer_say(conn, 500);
}

void tacho__http_answer_route(tacho__http_conn *conn)
{
    tacho_http_route *route = conn->collecting->route;
    conn->answering = true;
    conn->began_ns = tacho__clock_ns();
    conn->collecting = NULL;
    conn->leave = 0;
    conn->request.body = false; /* it was read: the next request begins behind it */
    conn->out[conn->collected] = '\0';
    answer_ask(conn, route, conn->out, conn->collected);
}

/* ---- Judging ------------------------------------------------------------------------------------------------ */

/* What a request asks for, and whether it gets it. */
struct answer_case {
    tacho__http_place place;
    struct tacho__http_entry *entry; /* of a route */
    tacho__verdict verdict;
    uint32_t methods;
};

static bool answer_method_allowed(tacho__http_method method, uint32_t methods)
{
    if (method == TACHO__HTTP_HEAD) method = TACHO__HTTP_GET;
    return method != TACHO__HTTP_OTHER && (methods >> method & 1);
}

static tacho__verdict answer_judge_token(tacho__http_conn *conn, const struct answer_case *found)
{
    const tacho__http_request *request = &conn->request;
    tacho__tokens *tokens = &conn->door->tokens;
    if (found->place == TACHO__HTTP_HEALTH) return TACHO__ADMITTED;
    if (found->place == TACHO__HTTP_PAGE && !request->authorization) return TACHO__ADMITTED; /* one that is shown is checked */
    if (found->entry && found->entry->tokens.vault)
        tokens = &found->entry->tokens;
    else if (found->entry && !found->entry->route->ops->needs_token)
        return TACHO__ADMITTED;
    return tacho__http_site_judge(conn->site, tokens, request->authorization, request->authorization_len);
}

/* Whether a body may come: 200, or what refuses it. */
static int answer_judge_body(const tacho__http_request *request, const struct answer_case *found)
{
    uint32_t max = found->entry ? found->entry->route->ops->max_body : 0;
    if (!request->body) return 200;
    if (max > 0 && request->chunked) return 411;
    return request->chunked || request->length > max ? 413 : 200;
}

static int answer_judge(tacho__http_conn *conn, struct answer_case *found)
{
    const tacho__http_request *request = &conn->request;
    found->methods = TACHO_HTTP_GET;
    if (!tacho__http_door_knows(conn->door, conn->loopback, request->host, request->host_len)) return 403;
    if (request->path[0] != '/') return 405; /* OPTIONS * and CONNECT */
    found->place = tacho__http_site_find(conn->site, conn->door, request->path, &found->entry);
    if (found->place == TACHO__HTTP_NOTHING) return 404;
    if (found->entry) found->methods = found->entry->methods;
    if (!answer_method_allowed(request->method, found->methods)) return 405;
    found->verdict = answer_judge_token(conn, found);
    return found->verdict == TACHO__ADMITTED ? answer_judge_body(request, found) : 401;
}

/* Say what is wrong with a request. */
static void answer_refuse(tacho__http_conn *conn, int status, const struct answer_case *found)
{
    const tacho_http_words *words = &conn->door->words;
    bool root = status == 404 && strcmp(conn->request.path, "/") == 0;
    if (root)
        answer_say_where(conn);
    else if (status == 401 && !found->entry)
        answer_say_own(conn, status, found->verdict == TACHO__NO_TOKEN ? words->no_token : words->wrong_token);
    else
        answer_say_words(conn, (tacho__http_response){ .status = status, .methods = found->methods },
                         tacho__http_status_sentence(status));
}

void tacho__http_answer(tacho__http_conn *conn, int status)
{
    struct answer_case found = { .place = TACHO__HTTP_NOTHING };
    conn->answering = true;
    conn->begun = false;
    conn->requests++;
    conn->status = 0;
    conn->began_ns = tacho__clock_ns();
    if (status == 200) status = answer_judge(conn, &found);
    if (status != 200) {
        answer_refuse(conn, status, &found);
    } else if (conn->request.body) {
        conn->answering = false;
        conn->collecting = found.entry;
    } else if (found.entry) {
        answer_ask(conn, found.entry->route, "", 0);
    } else if (found.place == TACHO__HTTP_HEALTH) {
        answer_say(conn, 200);
    } else if (found.place == TACHO__HTTP_PAGE) {
        answer_show_page(conn);
    } else {
        answer_show_metrics(conn, found.place);
    }
}
