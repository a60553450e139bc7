/*
 * dragonfly_manager_demo.c - a simulated manager: clients that look for schedulers, schedulers and seeds that keep in
 * touch, and the operator with jobs, whose end it sees much later.
 */
#include "dragonfly_world.h"

/* ---- Searches ---------------------------------------------------------------------------------------------------- */

static double manager_search(dragonfly_part *part, double now)
{
    static const char *const builds[][2] = { { "v2.3.1", "66db456" },
                                             { "v2.3.0", "17a02cd" },
                                             { "v2.2.4", "" } };
    const char *const *build = builds[demo_random_below(&part->random, TACHO_COUNT(builds))];
    bool fails = dragonfly_demo_every(part, 15, 12 + part->index);
    (void)now;
    dragonfly_manager_searched(part->demo->m, build[0], build[1]);
    if (fails) dragonfly_manager_search_failed(part->demo->m, build[0], build[1]);
    dragonfly_demo_call(part, "/manager.v2.Manager/ListSchedulers", false); /* all of them are offered then */
    part->steps++;
    return demo_random_between(&part->random, 0.1, 1.2);
}

/* ---- Jobs -------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    double seconds;
} manager_jobs[] = {
    { "preheat", 9 },
    { "sync_peers", 4 },
    { "get_task", 1 },
    { "preheat", 14 },
    { "delete_task", 2 },
    { "gc", 6 },
    { "get_image_distribution", 3 },
};

/* Every eleventh never succeeds. */
static double manager_create_job(dragonfly_part *part, double now)
{
    size_t kind = part->steps % TACHO_COUNT(manager_jobs);
    dragonfly_manager_job_created(part->demo->m, manager_jobs[kind].name);
    part->steps++;
    for (size_t i = 0; i < DRAGONFLY_MAX_JOBS && !dragonfly_demo_every(part, 11, 0); i++) {
        dragonfly_job *job = &part->demo->jobs[i];
        if (job->name) continue;
        *job = (dragonfly_job){ manager_jobs[kind].name,
                                now + demo_random_duration(&part->random, manager_jobs[kind].seconds) };
        break;
    }
    return demo_random_between(&part->random, 0.8, 3);
}

static double manager_poll_jobs(dragonfly_part *part, double now)
{
    for (size_t i = 0; i < DRAGONFLY_MAX_JOBS; i++) {
        dragonfly_job *job = &part->demo->jobs[i];
        if (!job->name || job->done_at > now) continue;
        dragonfly_manager_job_succeeded(part->demo->m, job->name);
        job->name = NULL;
    }
    return 1;
}

/* ---- Schedulers and seeds ---------------------------------------------------------------------------------------- */

/* A stream on which a scheduler sends a message every second, until it is restarted. */
static double manager_keep_alive(dragonfly_part *part, double now)
{
    static const char path[] = "/manager.v2.Manager/KeepAlive";
    dragonfly_work *work = &part->work;
    if (!work->is_running) {
        *work = (dragonfly_work){ .is_running = true, .since = now };
        dragonfly_demo_call(part, "/manager.v2.Manager/UpdateScheduler", false);
        dragonfly_demo_open(part, path);
    } else if (!dragonfly_demo_every(part, 25, 5 * part->index)) {
        dragonfly_demo_received(part, path);
    } else {
        dragonfly_demo_close(part, path, true, now - work->since);
        work->is_running = false;
    }
    part->steps++;
    return 1;
}

static double manager_serve(dragonfly_part *part, double now)
{
    static const char *const paths[] = { "/manager.v2.Manager/GetScheduler",
                                         "/manager.v2.Manager/ListApplications",
                                         "/manager.v2.Manager/UpdateSeedPeer", "/grpc.health.v1.Health/Check",
                                         "/manager.v2.Manager/DeleteSeedPeer" };
    (void)now;
    dragonfly_demo_call(part, paths[part->steps % TACHO_COUNT(paths)], dragonfly_demo_every(part, 13, 6));
    part->steps++;
    return demo_random_between(&part->random, 0.3, 1);
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

dragonfly_demo *dragonfly_manager_demo_new(dragonfly_manager *m, demo_stage *stage, uint64_t seed)
{
    dragonfly_demo *demo = dragonfly_demo_new(dragonfly_manager_grpc(m));
    if (!demo) return NULL;
    demo->m = m;
    dragonfly_manager_started(m, &dragonfly_demo_build);
    dragonfly_demo_add(demo, stage, seed, manager_search, 2);
    dragonfly_demo_add(demo, stage, seed, manager_create_job, 1);
    dragonfly_demo_add(demo, stage, seed, manager_poll_jobs, 1);
    dragonfly_demo_add(demo, stage, seed, manager_keep_alive, 3);
    dragonfly_demo_add(demo, stage, seed, manager_serve, 1);
    return demo;
}
