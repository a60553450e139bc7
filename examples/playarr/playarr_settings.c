/*
 * playarr_settings.c - the paths of playarr_settings.h.
 *
 * Nothing remembers the token: the file is read for each answer, and the server is told to read it too, so that what
 * was shown is what counts. All of it runs on the server's one thread.
 */
#define _POSIX_C_SOURCE 200809L
#include "playarr_settings.h"

#include <stdio.h>
#include <string.h>

#include "playarr_token.h"
#include "say.h"

#define SETTINGS_JSON "application/json"
#define SETTINGS_FAILURE "{\"error\":\"Internal server error\"}"

const tacho_http_words playarr_words = {
    .content_type = SETTINGS_JSON,
    .no_token = "{\"error\":\"Missing or invalid Authorization header\"}",
    .wrong_token = "{\"error\":\"Invalid metrics token\"}",
    .failure = SETTINGS_FAILURE,
    .failure_status = 500,
};

static void settings_fail(const playarr_settings *self, tacho_http_reply *reply, const char *why)
{
    say(self->program, "%s", why);
    *reply = (tacho_http_reply){ .status = 500,
                                 .content_type = SETTINGS_JSON,
                                 .body = SETTINGS_FAILURE,
                                 .len = sizeof SETTINGS_FAILURE - 1 };
}

/* Answer with a token, and let it be the one that counts from the next request on. */
static void settings_tell(playarr_settings *self, tacho_http_reply *reply, const playarr_token *token)
{
    (void)tacho_http_reload(self->http);
    int len = snprintf(self->body, sizeof self->body, "{\"value\":\"%s\"}", token->digits);
    reply->content_type = SETTINGS_JSON;
    reply->body = self->body;
    reply->len = (size_t)len;
}

static void settings_answer_show(tacho_http_route *route, const tacho_http_request *request,
                                 tacho_http_reply *reply)
{
    playarr_settings *self = TACHO_CONTAINER(route, playarr_settings, show);
    playarr_token token;
    char why[512];
    (void)request;
    if (playarr_token_read(self->token_file, &token, why, sizeof why) == PLAYARR_TOKEN_KEPT)
        settings_tell(self, reply, &token);
    else
        settings_fail(self, reply, why);
}

static void settings_answer_regenerate(tacho_http_route *route, const tacho_http_request *request,
                                       tacho_http_reply *reply)
{
    playarr_settings *self = TACHO_CONTAINER(route, playarr_settings, regenerate);
    playarr_token token;
    char why[512];
    (void)request;
    if (!playarr_token_replace(self->token_file, &token, why, sizeof why)) {
        settings_fail(self, reply, why);
        return;
    }
    settings_tell(self, reply, &token);
    say(self->program, "made a new token for scrapers, for the admin: the old one is refused from now on");
}

static void settings_answer_page(tacho_http_route *route, const tacho_http_request *request,
                                 tacho_http_reply *reply)
{
    (void)route, (void)request;
    reply->content_type = "text/html; charset=utf-8";
    reply->content_security_policy = playarr_settings_policy;
    reply->body = (const char *)playarr_settings_bytes;
    reply->len = playarr_settings_size;
}

#define SETTINGS_PATH "/api/settings/metrics"
#define SETTINGS_MAX_BODY 1024 /* some clients send "{}" with every POST; it is not looked at */

static const tacho_http_route_ops settings_page = { .path = "/settings/metrics",
                                                    .answer = settings_answer_page };
static const tacho_http_route_ops settings_show = { .path = SETTINGS_PATH, .answer = settings_answer_show };
static const tacho_http_route_ops settings_regenerate = { .path = SETTINGS_PATH "/regenerate",
                                                          .answer = settings_answer_regenerate,
                                                          .methods = TACHO_HTTP_POST,
                                                          .max_body = SETTINGS_MAX_BODY };

tacho_err playarr_settings_add(playarr_settings *self, tacho_http *http, const char *program,
                               const char *token_file, const char *admin_token_file)
{
    *self = (playarr_settings){ .page = { .ops = &settings_page },
                                .show = { &settings_show, admin_token_file },
                                .regenerate = { &settings_regenerate, admin_token_file },
                                .http = http,
                                .program = program,
                                .token_file = token_file };
    tacho_http_route *const routes[] = { &self->page, &self->show, &self->regenerate };
    tacho_err err = TACHO_OK;
    for (size_t i = 0; i < TACHO_COUNT(routes) && !err; i++) err = tacho_http_add_route(http, routes[i]);
    return err;
}
