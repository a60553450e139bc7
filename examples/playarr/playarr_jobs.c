/*
 * playarr_jobs.c - the actors that keep the simulated catalogue: syncs with providers, other jobs, the census, and the
 * administrator, by whom things come and go.
 */
#include "playarr_world.h"

#define JOBS_CENSUS_REST 15.0
#define JOBS_ADMIN_REST 9.0
#define JOBS_OUTAGE 14.0

static playarr_part *jobs_part(demo_actor *self) { return TACHO_CONTAINER(self, playarr_part, actor); }

/* Begin work that takes about so long; its end is the next step. */
static double jobs_begin(playarr_part *part, double typical)
{
    part->seconds = demo_random_duration(&part->random, typical);
    return part->seconds;
}

/* ---- Syncs ------------------------------------------------------------------------------------------------------- */

/* Each worker takes every second provider. */
static playarr_world_provider *jobs_provider(playarr_part *part)
{
    return &part->w->providers[(part->steps * 2 + part->index) % PLAYARR_WORLD_PROVIDERS];
}

/* Of the first syncs one fails, so that both ends are seen soon. */
static bool jobs_sync_fails(playarr_part *part, const playarr_world_provider *provider, double now)
{
    if (part->steps == 0) return part->index == 1;
    return provider->down_until > now || demo_random_one_in(&part->random, 12);
}

static void jobs_end_sync(playarr_part *part, playarr_world_provider *provider, double now)
{
    playarr *p = part->w->p;
    bool failed = jobs_sync_fails(part, provider, now);
    playarr_status status = failed ? PLAYARR_FAILURE : PLAYARR_SUCCESS;
    /* It was tried three times, and failed in three ways. */
    for (int error = PLAYARR_ERROR_502; failed && error <= PLAYARR_ERROR_OTHER; error++)
        playarr_provider_call_failed(p, provider->id, (playarr_error)error);
    playarr_provider_synced(p, provider->id, status, part->seconds);
    playarr_job_finished(p, "syncIPTVProviderTitles", status, part->seconds + 1.5);
    if (failed) return;
    provider->movies += demo_random_below(&part->random, 7);
    provider->movies -= demo_random_below(&part->random, 6);
    provider->tvshows += demo_random_one_in(&part->random, 3);
    part->w->months++;
}

static double jobs_sync(demo_actor *self, double now)
{
    playarr_part *part = jobs_part(self);
    pthread_mutex_lock(&part->w->mutex);
    playarr_world_provider *provider = jobs_provider(part);
    double rest = 1;
    if (part->seconds > 0) {
        if (provider->is_there) jobs_end_sync(part, provider, now);
        part->seconds = 0;
        part->steps++;
    } else if (provider->is_there) {
        rest = part->steps == 0 ? jobs_begin(part, 4) : jobs_begin(part, 15);
    } else {
        part->steps++;
    }
    pthread_mutex_unlock(&part->w->mutex);
    return rest;
}

const demo_actor_ops playarr_part_sync = { jobs_sync };

/* ---- Other jobs -------------------------------------------------------------------------------------------------- */

static double jobs_run(demo_actor *self, double now)
{
    static const struct {
        const char *type;
        double typical;
    } jobs[] = {
        { "providerTitlesMonitor", 5 },
        { "syncLiveTV", 12 },
        { "syncProviderDetails", 8 },
        { "syncProviderCategories", 6 },
        { "cleanupUnwantedProviderTitles", 20 },
    };
    playarr_part *part = jobs_part(self);
    size_t job = part->steps % TACHO_COUNT(jobs);
    (void)now;
    if (part->seconds == 0) return jobs_begin(part, jobs[job].typical);
    pthread_mutex_lock(&part->w->mutex);
    playarr_job_finished(part->w->p, jobs[job].type,
                         demo_random_one_in(&part->random, 15) ? PLAYARR_FAILURE : PLAYARR_SUCCESS,
                         part->seconds);
    pthread_mutex_unlock(&part->w->mutex);
    part->seconds = 0;
    part->steps++;
    return 2;
}

const demo_actor_ops playarr_part_jobs = { jobs_run };

/* ---- The census -------------------------------------------------------------------------------------------------- */

/* Now and then a query fails, though not at first: scrapes go on to show the last census. */
static double jobs_count(demo_actor *self, double now)
{
    playarr_part *part = jobs_part(self);
    playarr_world *w = part->w;
    (void)now;
    pthread_mutex_lock(&w->mutex);
    playarr_census *census = playarr_world_count(w);
    playarr_status status = PLAYARR_FAILURE;
    if (part->steps++ > 0 && demo_random_one_in(&part->random, 20))
        playarr_census_free(census);
    else if (playarr_census_publish(w->p, census))
        status = PLAYARR_SUCCESS;
    playarr_job_finished(w->p, "updateMetrics", status, demo_random_duration(&part->random, 1.2));
    pthread_mutex_unlock(&w->mutex);
    return JOBS_CENSUS_REST;
}

const demo_actor_ops playarr_part_census = { jobs_count };

/* ---- The administrator ------------------------------------------------------------------------------------------- */

static void jobs_change(playarr_part *part, double now)
{
    playarr_world *w = part->w;
    playarr_world_provider *provider =
        &w->providers[demo_random_below(&part->random, PLAYARR_WORLD_PROVIDERS)];
    switch (part->steps++ % 6) {
    case 0:
        provider->down_until = now + JOBS_OUTAGE;
        break;
    case 1:
    case 4:
        playarr_world_add_user(w, &part->random);
        break;
    case 2:
        w->missing_category = demo_random_below(&part->random, PLAYARR_WORLD_CATEGORIES);
        break;
    case 3:
        if (demo_random_one_in(&part->random, 2)) playarr_world_remove_user(w, &part->random);
        break;
    default:
        if (provider->is_there)
            playarr_world_remove_provider(w, provider);
        else
            provider->is_there = true;
        break;
    }
}

static double jobs_administer(demo_actor *self, double now)
{
    playarr_part *part = jobs_part(self);
    pthread_mutex_lock(&part->w->mutex);
    jobs_change(part, now);
    pthread_mutex_unlock(&part->w->mutex);
    return JOBS_ADMIN_REST;
}

const demo_actor_ops playarr_part_admin = { jobs_administer };
