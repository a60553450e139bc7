/*
 * tracearr_api.c - asks, page by page where there are pages, and counts what comes into a tally.
 *
 * A list may change while it is read: an entry that moves to the next page comes twice, one that moves the other way
 * does not come at all. So there must be as many ids as every page says there are; otherwise the list is read again.
 */
#define _POSIX_C_SOURCE 200809L
#include "tracearr_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "http_get.h"
#include "tracearr_answer.h"
#include "tracearr_tally.h"

enum {
    API_PAGE = 100,
    API_TRIES = 3,
    API_MAX_ID = 64,
    API_MAX_TARGET = 256,
    API_SPEED = 125 /* bytes a second in 1 kbit/s */
};

typedef struct api {
    tracearr_source source;
    http_get *gets[TRACEARR_GROUPS]; /* each has one owner at a time: the thread of its group */
} api;

/* What a run needs everywhere. */
typedef struct api_run {
    api *a;
    tracearr *t;
    tracearr_group group;
    tracearr_tally *tally;
    uint64_t deadline_ns;
    char *why;
    size_t cap;
} api_run;

/* ---- One request ------------------------------------------------------------------------------------------------- */

static bool api_fail(const api_run *run, tracearr_endpoint endpoint, const char *what)
{
    char words[400];
    (void)snprintf(words, sizeof words, "%s: %s", tracearr_endpoint_names[endpoint], what);
    (void)snprintf(run->why, run->cap, "%s", words);
    return false;
}

static bool api_refused(const http_page *page, char *why, size_t cap)
{
    if (page->status == 200) return false;
    if (page->status == 401 || page->status == 403)
        (void)snprintf(
            why, cap,
            "Tracearr refuses the token (status %d); put a valid one into the file of --api-token-file",
            page->status);
    else if (page->status >= 300 && page->status < 400)
        (void)snprintf(
            why, cap, "the answer is a redirection (status %d), which is not followed; mend the URL of --api",
            page->status);
    else
        (void)snprintf(why, cap, "the answer has status %d", page->status);
    return true;
}

static bool api_ask(const api_run *run, tracearr_endpoint endpoint, const char *target,
                    tracearr_answer *answer)
{
    http_page page;
    char why[300];
    uint64_t start_ns = deadline_now_ns();
    bool good = http_get_page(run->a->gets[run->group], target, run->deadline_ns, &page, why, sizeof why) &&
                !api_refused(&page, why, sizeof why) &&
                tracearr_answer_read(answer, page.body, page.len, why, sizeof why);
    http_page_fini(&page);
    tracearr_request_finished(run->t, endpoint, good, (double)(deadline_now_ns() - start_ns) * 1e-9);
    return good || api_fail(run, endpoint, why);
}

/* ---- Servers ----------------------------------------------------------------------------------------------------- */

typedef struct api_server {
    char id[API_MAX_ID + 1]; /* empty: one that nothing can be asked about */
    char *name;
} api_server;

/* /health, and what it has said. */
typedef struct api_health {
    tracearr_answer answer;
    tracearr_tally *tally;
    api_server *servers;
    size_t count, cap;
    bool is_short;
} api_health;

static void api_keep_server(api_health *health, const char *id, const char *name)
{
    if (health->count == health->cap) {
        size_t cap = health->cap ? health->cap * 2 : 8;
        api_server *servers = realloc(health->servers, cap * sizeof *servers);
        health->is_short |= !servers;
        if (!servers) return;
        health->servers = servers;
        health->cap = cap;
    }
    api_server *server = &health->servers[health->count];
    size_t len = id ? strspn(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") : 0;
    *server = (api_server){ .name = strdup(name) };
    health->is_short |= !server->name;
    if (len <= API_MAX_ID && id && !id[len]) memcpy(server->id, id, len);
    health->count += server->name != NULL;
}

enum { HEALTH_ID, HEALTH_NAME, HEALTH_TYPE, HEALTH_ONLINE };

static void api_take_server(tracearr_answer *self, const tracearr_value *entry)
{
    api_health *health = TACHO_CONTAINER(self, api_health, answer);
    if (!entry || !entry[HEALTH_NAME].text || health->count == TRACEARR_MAX_SERVERS) {
        tracearr_tally_skip(health->tally);
        return;
    }
    const char *name = entry[HEALTH_NAME].text;
    api_keep_server(health, entry[HEALTH_ID].text, name);
    if (health->tally->group != TRACEARR_SERVERS) return;
    int platform = TRACEARR_PLEX;
    while (platform < TRACEARR_NO_PLATFORM &&
           !tracearr_value_is(&entry[HEALTH_TYPE], tracearr_platform_names[platform]))
        platform++;
    if (entry[HEALTH_ONLINE].type == TRACEARR_TRUE || entry[HEALTH_ONLINE].type == TRACEARR_FALSE)
        tracearr_tally_up(health->tally, name, (tracearr_platform)platform,
                          entry[HEALTH_ONLINE].type == TRACEARR_TRUE);
    else
        tracearr_tally_skip(health->tally);
}

/* Ask which servers there are. Owes one api_forget, also if it fails. */
static bool api_meet(const api_run *run, api_health *health)
{
    static const char *const members[] = { "id", "name", "type", "online", NULL };
    *health = (api_health){ .answer = { .array = "servers", .entry_names = members, .take = api_take_server },
                            .tally = run->tally };
    if (!api_ask(run, TRACEARR_HEALTH, "/api/v1/public/health", &health->answer)) return false;
    if (health->is_short) return api_fail(run, TRACEARR_HEALTH, "out of memory");
    for (size_t i = 0; i < health->count; i++) tracearr_tally_server(run->tally, health->servers[i].name);
    return true;
}

static void api_forget(api_health *health)
{
    for (size_t i = 0; i < health->count; i++) free(health->servers[i].name);
    free(health->servers);
}

static bool api_read_servers(const api_run *run)
{
    api_health health;
    bool met = api_meet(run, &health);
    api_forget(&health);
    return met;
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

typedef struct api_streams {
    tracearr_answer answer;
    tracearr_tally *tally;
} api_streams;

enum {
    STREAM_SERVER,
    STREAM_USER,
    STREAM_STATE,
    STREAM_IS_TRANSCODE,
    STREAM_VIDEO,
    STREAM_AUDIO,
    STREAM_BITRATE,
    STREAM_SENT_VIDEO,
    STREAM_SENT_AUDIO,
    STREAM_SOURCE_VIDEO,
    STREAM_SOURCE_AUDIO
};
static const char *const api_stream_names[] = {
    "serverName",       "username",         "state",
    "isTranscode",      "videoDecision",    "audioDecision",
    "bitrate",          "streamVideoCodec", "streamAudioCodec",
    "sourceVideoCodec", "sourceAudioCodec", NULL,
};

static tracearr_decision api_decision(const tracearr_value *entry)
{
    if (entry[STREAM_IS_TRANSCODE].type == TRACEARR_TRUE) return TRACEARR_TRANSCODE;
    bool copies =
        tracearr_value_is(&entry[STREAM_VIDEO], "copy") || tracearr_value_is(&entry[STREAM_AUDIO], "copy");
    return copies ? TRACEARR_DIRECT_STREAM : TRACEARR_DIRECT_PLAY;
}

/* The codec that is sent; where nothing is said about that, it is the source's. */
static const char *api_codec(const tracearr_value *sent, const tracearr_value *source)
{
    return sent->text && *sent->text ? sent->text : source->text;
}

static void api_take_stream(tracearr_answer *self, const tracearr_value *entry)
{
    tracearr_tally *tally = TACHO_CONTAINER(self, api_streams, answer)->tally;
    if (!entry || !entry[STREAM_SERVER].text) {
        tracearr_tally_skip(tally);
        return;
    }
    const tracearr_value *rate = &entry[STREAM_BITRATE];
    int state = TRACEARR_PLAYING;
    while (state < TRACEARR_NO_STATE && !tracearr_value_is(&entry[STREAM_STATE], tracearr_state_names[state]))
        state++;
    const tracearr_stream stream = {
        .server = entry[STREAM_SERVER].text,
        .user = entry[STREAM_USER].text,
        .state = (tracearr_state)state,
        .decision = api_decision(entry),
        .bytes_per_second = rate->type == TRACEARR_NUMBER         ? rate->number * API_SPEED
                            : rate->type == TRACEARR_ABSENT_VALUE ? 0
                                                                  : -1,
        .video_codec = api_codec(&entry[STREAM_SENT_VIDEO], &entry[STREAM_SOURCE_VIDEO]),
        .audio_codec = api_codec(&entry[STREAM_SENT_AUDIO], &entry[STREAM_SOURCE_AUDIO]),
    };
    tracearr_tally_stream(tally, &stream);
}

static bool api_read_streams(const api_run *run)
{
    api_health health;
    api_streams streams = {
        .answer = { .array = "data", .entry_names = api_stream_names, .take = api_take_stream },
        .tally = run->tally
    };
    bool good = api_meet(run, &health) &&
                api_ask(run, TRACEARR_STREAM_LIST, "/api/v1/public/streams", &streams.answer);
    api_forget(&health);
    return good;
}

/* ---- Lists in pages ---------------------------------------------------------------------------------------------- */

/* A list; the members "id" and "serverId" of its entries come first. */
typedef struct api_list {
    tracearr_answer answer;
    tracearr_tally *tally;
    void (*count)(tracearr_tally *tally, const tracearr_value *entry);
    label_table ids;
    size_t unusable; /* entries without an id */
    bool is_short;
} api_list;

enum { LIST_ID, LIST_SERVER_ID, LIST_MEMBERS };

static void api_take_entry(tracearr_answer *self, const tracearr_value *entry)
{
    api_list *list = TACHO_CONTAINER(self, api_list, answer);
    if (!entry || !entry[LIST_ID].text) {
        list->unusable++;
        tracearr_tally_skip(list->tally);
        return;
    }
    const char *const labels[] = { entry[LIST_ID].text, entry[LIST_SERVER_ID].text };
    label_row *row = label_table_at(&list->ids, labels);
    list->is_short |= !row;
    if (row) list->count(list->tally, entry);
}

typedef enum api_outcome { API_GOOD, API_CHANGED, API_FAILED } api_outcome;

/* All pages, once. */
static api_outcome api_walk(const api_run *run, tracearr_endpoint endpoint, api_list *list)
{
    double total = 0;
    size_t taken = 0;
    for (unsigned page = 1; page == 1 || (double)taken < total; page++) {
        char target[API_MAX_TARGET];
        (void)snprintf(target, sizeof target, "/api/v1/public/%s?page=%u&pageSize=%d",
                       tracearr_endpoint_names[endpoint], page, API_PAGE);
        if (!api_ask(run, endpoint, target, &list->answer)) return API_FAILED;
        const tracearr_value *said = &list->answer.values[0];
        if (said->type != TRACEARR_NUMBER || said->number < 0) {
            api_fail(run, endpoint, "the answer has no meta.total");
            return API_FAILED;
        }
        if (said->number > TRACEARR_MAX_ENTRIES) {
            api_fail(run, endpoint, "the list has more than 100000 entries");
            return API_FAILED;
        }
        if (page > 1 && said->number != total) return API_CHANGED;
        total = said->number;
        taken += list->answer.entries;
        if (list->answer.entries == 0) break;
    }
    if (list->is_short) {
        api_fail(run, endpoint, "out of memory");
        return API_FAILED;
    }
    return (double)(list->ids.count + list->unusable) == total ? API_GOOD : API_CHANGED;
}

static bool api_read_list(const api_run *run, tracearr_endpoint endpoint, const char *const *names,
                          void (*count)(tracearr_tally *tally, const tracearr_value *entry))
{
    static const char *const members[] = { "meta.total", NULL };
    api_outcome outcome = API_CHANGED;
    for (int i = 0; i < API_TRIES && outcome == API_CHANGED; i++) {
        api_list list = {
            .answer = { .names = members, .array = "data", .entry_names = names, .take = api_take_entry },
            .tally = run->tally,
            .count = count
        };
        api_health health = { .count = 0 };
        label_table_init(&list.ids, LIST_MEMBERS, TRACEARR_MAX_ENTRIES);
        tracearr_tally_clear(run->tally);
        outcome = endpoint != TRACEARR_USER_LIST || api_meet(run, &health) ? api_walk(run, endpoint, &list)
                                                                           : API_FAILED;
        api_forget(&health);
        label_table_fini(&list.ids);
    }
    if (outcome == API_CHANGED)
        api_fail(run, endpoint, "the list has not as many entries as it says, or changes all the time");
    return outcome == API_GOOD;
}

/* ---- Users and violations ---------------------------------------------------------------------------------------- */

enum { USER_SERVER = LIST_MEMBERS, USER_SCORE };
static const char *const api_user_names[] = { "id", "serverId", "serverName", "trustScore", NULL };

static void api_count_user(tracearr_tally *tally, const tracearr_value *entry)
{
    const tracearr_value *score = &entry[USER_SCORE];
    if (entry[USER_SERVER].text)
        tracearr_tally_user(tally, entry[USER_SERVER].text,
                            score->type == TRACEARR_NUMBER ? score->number : -1);
    else
        tracearr_tally_skip(tally);
}

enum { VIOLATION_RULE = LIST_MEMBERS, VIOLATION_SEVERITY, VIOLATION_ACKNOWLEDGED };
static const char *const api_violation_names[] = { "id",       "serverId",     "rule.type",
                                                   "severity", "acknowledged", NULL };

static void api_count_violation(tracearr_tally *tally, const tracearr_value *entry)
{
    int rule = 0, severity = 0;
    tracearr_type acknowledged = entry[VIOLATION_ACKNOWLEDGED].type;
    while (rule < TRACEARR_NO_RULE && !tracearr_value_is(&entry[VIOLATION_RULE], tracearr_rule_names[rule]))
        rule++;
    while (severity < TRACEARR_NO_SEVERITY &&
           !tracearr_value_is(&entry[VIOLATION_SEVERITY], tracearr_severity_names[severity]))
        severity++;
    if (acknowledged == TRACEARR_TRUE || acknowledged == TRACEARR_FALSE)
        tracearr_tally_violation(tally, entry[LIST_ID].text, (tracearr_rule)rule, (tracearr_severity)severity,
                                 acknowledged == TRACEARR_TRUE);
    else
        tracearr_tally_skip(tally);
}

/* ---- Numbers of each server -------------------------------------------------------------------------------------- */

/* Ask for one number. */
static bool api_number(const api_run *run, tracearr_endpoint endpoint, const char *target, const char *name,
                       double *number)
{
    const char *const members[] = { name, NULL };
    tracearr_answer answer = { .names = members };
    char missing[80];
    if (!api_ask(run, endpoint, target, &answer)) return false;
    *number = answer.values[0].number;
    if (answer.values[0].type == TRACEARR_NUMBER) return true;
    (void)snprintf(missing, sizeof missing, "the answer has no %s", name);
    return api_fail(run, endpoint, missing);
}

static bool api_count_plays(const api_run *run, const api_server *server)
{
    char target[API_MAX_TARGET];
    double plays;
    (void)snprintf(target, sizeof target, "/api/v1/public/stats/today?serverId=%s", server->id);
    if (!api_number(run, TRACEARR_STATS_TODAY, target, "todayPlays", &plays)) return false;
    tracearr_tally_plays(run->tally, server->name, plays);
    return true;
}

static bool api_count_items(const api_run *run, const api_server *server)
{
    static const char *const types[] = { "movie", "show", "season", "episode", "artist", "album", "track" };
    for (size_t i = 0; i < TACHO_COUNT(types); i++) {
        char target[API_MAX_TARGET];
        double items;
        (void)snprintf(target, sizeof target,
                       "/api/v1/public/library/items?serverId=%s&mediaType=%s&page=1&pageSize=1", server->id,
                       types[i]);
        if (!api_number(run, TRACEARR_LIBRARY_ITEMS, target, "meta.total", &items)) return false;
        tracearr_tally_items(run->tally, server->name, types[i], items);
    }
    return true;
}

static bool api_read_each(const api_run *run, bool (*count)(const api_run *run, const api_server *server))
{
    api_health health;
    bool good = api_meet(run, &health);
    for (size_t i = 0; good && i < health.count; i++) {
        if (*health.servers[i].id)
            good = count(run, &health.servers[i]);
        else
            tracearr_tally_skip(run->tally);
    }
    api_forget(&health);
    return good;
}

/* ---- The source -------------------------------------------------------------------------------------------------- */

static bool api_offers(tracearr_source *self, tracearr_group group)
{
    (void)self;
    return group != TRACEARR_RULES && group != TRACEARR_LOAD;
}

static bool api_read(tracearr_source *self, tracearr *t, tracearr_group group, tracearr_tally *tally,
                     uint64_t deadline_ns, char *why, size_t cap)
{
    const api_run run = { TACHO_CONTAINER(self, api, source), t, group, tally, deadline_ns, why, cap };
    switch (group) {
    case TRACEARR_SERVERS:
        return api_read_servers(&run);
    case TRACEARR_STREAMS:
        return api_read_streams(&run);
    case TRACEARR_USERS:
        return api_read_list(&run, TRACEARR_USER_LIST, api_user_names, api_count_user);
    case TRACEARR_VIOLATIONS:
        return api_read_list(&run, TRACEARR_VIOLATION_LIST, api_violation_names, api_count_violation);
    case TRACEARR_PLAYS:
        return api_read_each(&run, api_count_plays);
    case TRACEARR_LIBRARY:
        return api_read_each(&run, api_count_items);
    default:
        return false;
    }
}

static void api_close(tracearr_source *self)
{
    api *a = TACHO_CONTAINER(self, api, source);
    for (size_t i = 0; i < TRACEARR_GROUPS; i++) http_get_free(a->gets[i]);
    free(a);
}

static const tracearr_source_ops api_ops = { .offers = api_offers, .read = api_read, .close = api_close };

tracearr_source *tracearr_api_new(const tracearr_api_options *options, char *why, size_t cap)
{
    const http_get_options get = { .url = options->url, .token_file = options->token_file };
    api *a = calloc(1, sizeof *a);
    if (!a) {
        (void)snprintf(why, cap, "out of memory");
        return NULL;
    }
    a->source.ops = &api_ops;
    for (size_t i = 0; i < TRACEARR_GROUPS; i++) {
        if (!api_offers(&a->source, (tracearr_group)i)) continue;
        a->gets[i] = http_get_new(&get, why, cap);
        if (a->gets[i]) continue;
        api_close(&a->source);
        return NULL;
    }
    return &a->source;
}
