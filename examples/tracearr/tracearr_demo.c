/*
 * tracearr_demo.c - four servers with their viewers, who break the rules now and then; a poll that counts everything
 * every few seconds; and an administrator, by whom violations go and servers come.
 *
 * Lock: `mutex` guards all that the actors share, and is held while tallies are counted.
 */
#define _POSIX_C_SOURCE 200809L
#include "tracearr_demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEMO_SERVERS = 4, DEMO_USERS = 24, DEMO_VIOLATIONS = 40, DEMO_ACTORS = 4 };
#define DEMO_POLL_REST 5.0
#define DEMO_ADMIN_REST 8.0
#define DEMO_DAY 86400.0

typedef struct demo_server {
    const char *name;
    tracearr_platform platform;
    bool is_there, is_up;
    uint64_t plays, movies;
} demo_server;

typedef struct demo_user {
    char name[16];
    size_t server, kind; /* where he is; what he watches */
    double score;
    bool is_online, is_paused;
} demo_user;

typedef struct demo_violation {
    char id[24]; /* empty: a free place */
    tracearr_rule rule;
    tracearr_severity severity;
    bool is_acknowledged;
} demo_violation;

typedef struct demo_part {
    demo_actor actor;
    tracearr_demo *demo;
    demo_random random;
    uint64_t steps;
} demo_part;

struct tracearr_demo {
    tracearr *t;
    pthread_mutex_t mutex;
    demo_server servers[DEMO_SERVERS];
    demo_user users[DEMO_USERS];
    demo_violation violations[DEMO_VIOLATIONS];
    uint64_t violation_count; /* so far */
    bool rules[TRACEARR_NO_RULE];
    double day_ends;
    demo_part parts[DEMO_ACTORS];
};

static demo_part *demo_part_of(demo_actor *self) { return TACHO_CONTAINER(self, demo_part, actor); }

/* ---- Viewers ----------------------------------------------------------------------------------------------------- */

/* What a rule's violation costs the trust in a user. */
static void demo_violate(tracearr_demo *demo, demo_random *random, demo_user *user)
{
    static const double costs[TRACEARR_NO_SEVERITY] = { 5, 10, 20 };
    tracearr_rule rule = (tracearr_rule)demo_random_below(random, TRACEARR_NO_RULE);
    tracearr_severity severity = (tracearr_severity)demo_random_below(random, TRACEARR_NO_SEVERITY);
    size_t at = 0;
    while (at < DEMO_VIOLATIONS && *demo->violations[at].id) at++;
    if (!demo->rules[rule] || at == DEMO_VIOLATIONS) return;
    demo_violation *violation = &demo->violations[at];
    *violation = (demo_violation){ .rule = rule, .severity = severity };
    (void)snprintf(violation->id, sizeof violation->id, "v-%" PRIu64, demo->violation_count++);
    user->score = user->score > costs[severity] ? user->score - costs[severity] : 0;
}

static double demo_watch(demo_actor *self, double now)
{
    demo_part *part = demo_part_of(self);
    tracearr_demo *demo = part->demo;
    (void)now;
    pthread_mutex_lock(&demo->mutex);
    demo_user *user = &demo->users[demo_random_below(&part->random, DEMO_USERS)];
    demo_server *server = &demo->servers[user->server];
    if (!server->is_there || !server->is_up) {
        user->is_online = false;
    } else if (!user->is_online) {
        user->is_online = true;
        user->is_paused = false;
        user->kind = (size_t)demo_random_below(&part->random, 6);
        server->plays++;
        if (demo_random_one_in(&part->random, 4)) demo_violate(demo, &part->random, user);
    } else if (demo_random_one_in(&part->random, 3)) {
        user->is_online = false;
    } else {
        user->is_paused = !user->is_paused;
    }
    pthread_mutex_unlock(&demo->mutex);
    return demo_random_between(&part->random, 0.3, 2);
}

/* ---- The administrator ------------------------------------------------------------------------------------------- */

static double demo_administer(demo_actor *self, double now)
{
    demo_part *part = demo_part_of(self);
    tracearr_demo *demo = part->demo;
    (void)now;
    pthread_mutex_lock(&demo->mutex);
    demo_violation *violation = &demo->violations[demo_random_below(&part->random, DEMO_VIOLATIONS)];
    demo_server *server = &demo->servers[demo_random_below(&part->random, DEMO_SERVERS)];
    size_t rule = (size_t)demo_random_below(&part->random, TRACEARR_NO_RULE);
    switch (part->steps++ % 5) {
    case 0:
        server->is_up = !server->is_up;
        break;
    case 1:
        for (size_t i = 0; i < DEMO_SERVERS; i++) demo->servers[i].is_up = true;
        break;
    case 2:
        demo->rules[rule] = !demo->rules[rule];
        break;
    case 3:
        demo->servers[DEMO_SERVERS - 1].is_there = !demo->servers[DEMO_SERVERS - 1].is_there;
        break;
    default:
        demo->users[demo_random_below(&part->random, DEMO_USERS)].score = 100;
        break;
    }
    if (violation->is_acknowledged) *violation->id = '\0';
    violation->is_acknowledged = *violation->id != '\0';
    pthread_mutex_unlock(&demo->mutex);
    return DEMO_ADMIN_REST;
}

/* ---- The poll ---------------------------------------------------------------------------------------------------- */

static void demo_count_stream(const tracearr_demo *demo, const demo_user *user, tracearr_tally *tally)
{
    static const struct {
        tracearr_decision decision;
        double bytes_per_second;
        const char *video, *audio;
    } kinds[] = {
        { TRACEARR_DIRECT_PLAY, 2.5e6, "hevc", "truehd" }, { TRACEARR_DIRECT_PLAY, 1e6, "h264", "aac" },
        { TRACEARR_DIRECT_STREAM, 1.2e6, "h264", "ac3" },  { TRACEARR_TRANSCODE, 5e5, "h264", "aac" },
        { TRACEARR_TRANSCODE, 2.5e5, "av1", "opus" },      { TRACEARR_DIRECT_PLAY, 1.2e5, "", "flac" },
    };
    tracearr_tally_stream(tally,
                          &(tracearr_stream){ .server = demo->servers[user->server].name,
                                              .user = user->name,
                                              .state = user->is_paused ? TRACEARR_PAUSED : TRACEARR_PLAYING,
                                              .decision = kinds[user->kind].decision,
                                              .bytes_per_second = kinds[user->kind].bytes_per_second,
                                              .video_codec = kinds[user->kind].video,
                                              .audio_codec = kinds[user->kind].audio });
}

/* The load follows the streams, of which transcodes weigh more. */
static void demo_count_load(const tracearr_demo *demo, size_t server, demo_random *random,
                            tracearr_tally *tally)
{
    double streams = 0, transcodes = 0, wobble = demo_random_between(random, 0, 0.05);
    const char *name = demo->servers[server].name;
    for (size_t i = 0; i < DEMO_USERS; i++) {
        const demo_user *user = &demo->users[i];
        if (user->server != server || !user->is_online) continue;
        streams++;
        transcodes += user->kind == 3 || user->kind == 4;
    }
    double busy = transcodes / (transcodes + 2);
    tracearr_tally_load(tally, name, TRACEARR_HOST, 0.1 + 0.8 * busy + wobble, 0.4 + streams / 100);
    tracearr_tally_load(tally, name, TRACEARR_PROCESS, 0.05 + 0.8 * busy, 0.2 + streams / 100);
    tracearr_tally_transcoder(tally, name, busy);
    tracearr_tally_network(tally, name, TRACEARR_IN, 2e4 + 1e4 * streams);
    tracearr_tally_network(tally, name, TRACEARR_OUT, 1e6 * streams * (1 + wobble));
}

static void demo_count_server(const tracearr_demo *demo, size_t at, demo_random *random,
                              tracearr_tally *const *tallies)
{
    const demo_server *server = &demo->servers[at];
    tracearr_tally_up(tallies[TRACEARR_SERVERS], server->name, server->platform, server->is_up);
    tracearr_tally_server(tallies[TRACEARR_STREAMS], server->name);
    tracearr_tally_server(tallies[TRACEARR_USERS], server->name);
    tracearr_tally_plays(tallies[TRACEARR_PLAYS], server->name, (double)server->plays);
    tracearr_tally_items(tallies[TRACEARR_LIBRARY], server->name, "movie", (double)server->movies);
    tracearr_tally_items(tallies[TRACEARR_LIBRARY], server->name, "episode", (double)server->movies * 12);
    tracearr_tally_bytes(tallies[TRACEARR_LIBRARY], server->name, (double)server->movies * 2.5e10);
    if (server->is_up) demo_count_load(demo, at, random, tallies[TRACEARR_LOAD]);
    for (size_t i = 0; i < DEMO_USERS; i++) {
        if (demo->users[i].server != at) continue;
        tracearr_tally_user(tallies[TRACEARR_USERS], server->name, demo->users[i].score);
        if (demo->users[i].is_online && server->is_up)
            demo_count_stream(demo, &demo->users[i], tallies[TRACEARR_STREAMS]);
    }
}

static void demo_count(tracearr_demo *demo, demo_random *random)
{
    tracearr_tally *tallies[TRACEARR_GROUPS];
    for (size_t i = 0; i < TRACEARR_GROUPS; i++) tallies[i] = tracearr_tally_new((tracearr_group)i);
    for (size_t i = 0; i < DEMO_SERVERS; i++)
        if (demo->servers[i].is_there) demo_count_server(demo, i, random, tallies);
    for (size_t i = 0; i < DEMO_VIOLATIONS; i++) {
        const demo_violation *v = &demo->violations[i];
        if (*v->id)
            tracearr_tally_violation(tallies[TRACEARR_VIOLATIONS], v->id, v->rule, v->severity,
                                     v->is_acknowledged);
    }
    for (size_t i = 0; i < TRACEARR_NO_RULE; i++)
        tracearr_tally_rule(tallies[TRACEARR_RULES], (tracearr_rule)i, demo->rules[i]);
    for (size_t i = 0; i < TRACEARR_GROUPS; i++) (void)tracearr_publish(demo->t, tallies[i]);
}

static double demo_poll(demo_actor *self, double now)
{
    demo_part *part = demo_part_of(self);
    tracearr_demo *demo = part->demo;
    pthread_mutex_lock(&demo->mutex);
    for (int i = 0; i < TRACEARR_ENDPOINTS; i++)
        tracearr_request_finished(demo->t, (tracearr_endpoint)i, !demo_random_one_in(&part->random, 50),
                                  demo_random_duration(&part->random, 0.02));
    if (now >= demo->day_ends) {
        demo->day_ends += DEMO_DAY;
        for (size_t i = 0; i < DEMO_SERVERS; i++) demo->servers[i].plays = 0;
    }
    demo_count(demo, &part->random);
    part->steps++;
    pthread_mutex_unlock(&demo->mutex);
    return DEMO_POLL_REST;
}

/* ---- Life -------------------------------------------------------------------------------------------------------- */

static const demo_actor_ops demo_watching = { demo_watch }, demo_administering = { demo_administer },
                            demo_polling = { demo_poll };

static void demo_settle(tracearr_demo *demo, uint64_t seed)
{
    static const demo_server servers[DEMO_SERVERS] = {
        { "Den", TRACEARR_PLEX, true, true, 0, 2140 },
        { "Attic \"old\"", TRACEARR_JELLYFIN, true, true, 0, 815 },
        { "Caf\xc3\xa9", TRACEARR_EMBY, true, true, 0, 433 },
        { "C:\\media", TRACEARR_PLEX, true, true, 0, 96 },
    };
    demo_random random;
    demo_random_init(&random, seed, 0);
    for (size_t i = 0; i < DEMO_SERVERS; i++) demo->servers[i] = servers[i];
    for (size_t i = 0; i < DEMO_USERS; i++) {
        demo_user *user = &demo->users[i];
        (void)snprintf(user->name, sizeof user->name, "user-%zu", i + 1);
        user->server = i % DEMO_SERVERS;
        user->score = i % 3 ? 100 : (double)demo_random_below(&random, 100);
        user->kind = i % 6;
        user->is_online = i % 2 == 0;
    }
    for (size_t i = 0; i < TRACEARR_NO_RULE; i++) demo->rules[i] = i != TRACEARR_ACCOUNT_INACTIVITY;
    demo->day_ends = DEMO_DAY;
}

tracearr_demo *tracearr_demo_new(tracearr *t, demo_stage *stage, uint64_t seed)
{
    static const demo_actor_ops *const ops[DEMO_ACTORS] = { &demo_polling, &demo_watching, &demo_watching,
                                                            &demo_administering };
    tracearr_demo *demo = calloc(1, sizeof *demo);
    if (!demo) return NULL;
    demo->t = t;
    pthread_mutex_init(&demo->mutex, NULL);
    demo_settle(demo, seed);
    for (size_t i = 0; i < DEMO_ACTORS; i++) {
        demo->parts[i].actor.ops = ops[i];
        demo->parts[i].demo = demo;
        demo_random_init(&demo->parts[i].random, seed, i + 1);
        demo_add(stage, &demo->parts[i].actor);
    }
    return demo;
}

void tracearr_demo_free(tracearr_demo *demo)
{
    if (!demo) return;
    pthread_mutex_destroy(&demo->mutex);
    free(demo);
}
