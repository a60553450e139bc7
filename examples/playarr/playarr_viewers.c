/*
 * playarr_viewers.c - the actors that use the simulated service: viewers who ask for streams, and visitors whose
 * browsers keep a connection open.
 */
#include "playarr_world.h"

#define VIEWERS_CACHED_SECONDS 30.0

static playarr_part *viewers_part(demo_actor *self) { return TACHO_CONTAINER(self, playarr_part, actor); }

/* ---- Viewers ----------------------------------------------------------------------------------------------------- */

/* Providers that do not answer lose the race, and how they fail is counted. */
static void viewers_call_all(playarr_part *part, double now)
{
    playarr_world *w = part->w;
    for (size_t i = 0; i < PLAYARR_WORLD_PROVIDERS; i++) {
        const playarr_world_provider *provider = &w->providers[i];
        if (!provider->is_there) continue;
        bool is_down = provider->down_until > now;
        if (is_down || demo_random_one_in(&part->random, 60))
            playarr_provider_call_failed(w->p, provider->id,
                                         is_down && demo_random_one_in(&part->random, 2)
                                             ? PLAYARR_ERROR_TIMEOUT
                                             : (playarr_error)demo_random_below(&part->random, 3));
    }
}

/* Let the providers race. The time it took, or 0: none had it. */
static double viewers_select(playarr_part *part, size_t title, playarr_media media, double now)
{
    playarr_world *w = part->w;
    viewers_call_all(part, now);
    const playarr_world_provider *winner = playarr_world_provider_at(w, &part->random, now);
    if (!winner || demo_random_one_in(&part->random, 40)) return 0;
    double seconds = demo_random_duration(&part->random, media == PLAYARR_LIVE ? 0.6 : 1.4);
    playarr_source_selected(w->p, winner->id, media, seconds);
    w->cached_until[title] = now + VIEWERS_CACHED_SECONDS;
    return seconds;
}

static double viewers_watch(demo_actor *self, double now)
{
    playarr_part *part = viewers_part(self);
    playarr_world *w = part->w;
    pthread_mutex_lock(&w->mutex);
    size_t title = demo_random_below(&part->random, PLAYARR_WORLD_WATCHED);
    playarr_media media = (playarr_media)(title % 3);
    bool is_cached = w->cached_until[title] > now;
    playarr_cache_looked_up(w->p, is_cached ? PLAYARR_HIT : PLAYARR_MISS);
    double selection = is_cached ? 0 : viewers_select(part, title, media, now);
    if (is_cached || selection > 0)
        playarr_stream_answered(w->p, playarr_world_user_at(w, &part->random)->name, media,
                                selection + demo_random_duration(&part->random, 0.08));
    pthread_mutex_unlock(&w->mutex);
    return demo_random_between(&part->random, 0.2, 1.2);
}

const demo_actor_ops playarr_part_viewer = { viewers_watch };

/* ---- Visitors ---------------------------------------------------------------------------------------------------- */

static double viewers_visit(demo_actor *self, double now)
{
    playarr_part *part = viewers_part(self);
    playarr_world *w = part->w;
    (void)now;
    pthread_mutex_lock(&w->mutex);
    /* The more are there the more go, so that there are about six. */
    if (demo_random_below(&part->random, 12) < w->websockets) {
        playarr_websocket_closed(w->p);
        w->websockets--;
    } else {
        playarr_websocket_opened(w->p);
        w->websockets++;
    }
    pthread_mutex_unlock(&w->mutex);
    return demo_random_between(&part->random, 0.5, 3);
}

const demo_actor_ops playarr_part_visitors = { viewers_visit };
