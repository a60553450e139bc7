/*
 * dragonfly_scheduler_demo.c - a simulated scheduler: peers that download, peers and uploads of the persistent cache,
 * hosts that come and announce themselves, and everybody's questions. What goes wrong does so every few times, and the
 * first time soon.
 */
#include "dragonfly_world.h"

#define SCHEDULER_PIECE (UINT64_C(4) << 20)
#define SERVICE "/scheduler.v2.Scheduler/"

static const dragonfly_host scheduler_hosts[] = {
    { DRAGONFLY_SUPER_HOST, "10.0.0.2-seed-0", "10.0.0.2", "seed-0" },
    { DRAGONFLY_SUPER_HOST, "10.0.0.3-seed-1", "10.0.0.3", "seed-1" },
    { DRAGONFLY_NORMAL_HOST, "10.0.1.11-node-a", "10.0.1.11", "node-a" },
    { DRAGONFLY_NORMAL_HOST, "10.0.1.12-node-b", "10.0.1.12", "node-b" },
    { DRAGONFLY_NORMAL_HOST, "fd00::17-node-c", "fd00::17", "node-c" },
    { DRAGONFLY_NORMAL_HOST, "10.0.2.4-gpu-1", "10.0.2.4", "gpu-1" },
};
static const dragonfly_announced scheduler_announced[] = {
    { "linux", "debian", "debian", "12.5", "6.1.0-18-amd64", "v2.3.1", "66db456", "", "linux/amd64" },
    { "linux", "ubuntu", "debian", "24.04", "6.8.0-31-generic", "v2.3.0", "17a02cd", "", "linux/arm64" },
    { "darwin", "darwin", "Standalone Workstation", "14.4", "23.4.0", "v2.3.1", "66db456", "", "" },
};

/* ---- Peers ------------------------------------------------------------------------------------------------------- */

static const char scheduler_stream[] = SERVICE "AnnouncePeer";

static void scheduler_close_peer(dragonfly_part *part, bool has_failed, double now)
{
    dragonfly_scheduler_announce_closed(part->demo->s, has_failed);
    dragonfly_demo_close(part, scheduler_stream, has_failed, now - part->work.since);
    part->work.is_running = false;
    part->steps++;
}

/* A request on the stream; whether it failed. */
static bool scheduler_request(dragonfly_part *part, dragonfly_peer_request request, bool fails)
{
    dragonfly_scheduler_peer_requested(part->demo->s, request, &part->work.peer);
    if (fails) dragonfly_scheduler_peer_failed(part->demo->s, request, &part->work.peer);
    dragonfly_demo_received(part, scheduler_stream);
    return fails;
}

static const dragonfly_host *scheduler_host(dragonfly_part *part, dragonfly_host_type type)
{
    return type == DRAGONFLY_SUPER_HOST ? &scheduler_hosts[part->index % 2]
                                        : &scheduler_hosts[2 + part->index % 4];
}

/* Seeds go to the source; of the others every fourth does. */
static void scheduler_register(dragonfly_part *part, double now)
{
    dragonfly_work *work = &part->work;
    dragonfly_scheduler *s = part->demo->s;
    *work = (dragonfly_work){ .is_running = true,
                              .bytes = (UINT64_C(1) << 20) << demo_random_below(&part->random, 8),
                              .since = now };
    work->peer =
        (dragonfly_peer){ (unsigned)demo_random_below(&part->random, DRAGONFLY_PRIORITIES),
                          (dragonfly_task_type)demo_random_below(&part->random, DRAGONFLY_TASK_TYPES),
                          part->index == 0 ? DRAGONFLY_SUPER_HOST : DRAGONFLY_NORMAL_HOST };
    work->is_from_source = part->index == 0 || dragonfly_demo_every(part, 4, part->index);
    if (work->peer.task_type == DRAGONFLY_NORMAL)
        dragonfly_demo_call(part, "/scheduler.Scheduler/RegisterPeerTask", false);
    dragonfly_scheduler_announce_opened(s);
    dragonfly_demo_open(part, scheduler_stream);
    if (scheduler_request(part, DRAGONFLY_REGISTER, dragonfly_demo_every(part, 23, 3 * part->index + 20))) {
        scheduler_close_peer(part, true, now);
        return;
    }
    dragonfly_scheduler_scheduled(s, (uint64_t)demo_random_duration(&part->random, 14));
    dragonfly_demo_sent(part, scheduler_stream);
}

static void scheduler_start(dragonfly_part *part, double now)
{
    bool is_from_source = part->work.is_from_source;
    dragonfly_peer_request request =
        is_from_source ? DRAGONFLY_BACK_TO_SOURCE_STARTED : DRAGONFLY_DOWNLOAD_STARTED;
    part->work.stage = 1;
    if (scheduler_request(part, request, dragonfly_demo_every(part, 17, 3 * part->index + 15)))
        scheduler_close_peer(part, true, now);
}

static void scheduler_get_pieces(dragonfly_part *part)
{
    dragonfly_work *work = &part->work;
    dragonfly_scheduler *s = part->demo->s;
    const dragonfly_host *host = scheduler_host(part, work->peer.host_type);
    for (int i = 0; i < 6 && work->done_bytes < work->bytes; i++) {
        uint64_t left = work->bytes - work->done_bytes,
                 bytes = left < SCHEDULER_PIECE ? left : SCHEDULER_PIECE;
        dragonfly_origin from = work->is_from_source                    ? DRAGONFLY_BACK_TO_SOURCE
                                : demo_random_one_in(&part->random, 10) ? DRAGONFLY_LOCAL_PEER
                                                                        : DRAGONFLY_REMOTE_PEER;
        dragonfly_demo_received(part, scheduler_stream);
        if (demo_random_one_in(&part->random, 16)) {
            dragonfly_scheduler_piece_failed(s, from, work->peer.task_type, work->peer.host_type);
            continue; /* and is fetched again */
        }
        dragonfly_scheduler_piece_finished(s, from, work->peer.task_type, work->peer.host_type, bytes);
        dragonfly_scheduler_host_moved(s, DRAGONFLY_DOWNLOAD, work->peer.task_type, host, bytes);
        if (from == DRAGONFLY_REMOTE_PEER)
            dragonfly_scheduler_host_moved(s, DRAGONFLY_UPLOAD, work->peer.task_type,
                                           &scheduler_hosts[demo_random_below(&part->random, 2)], bytes);
        work->done_bytes += bytes;
    }
}

static double scheduler_download(dragonfly_part *part, double now)
{
    dragonfly_work *work = &part->work;
    if (!work->is_running) {
        scheduler_register(part, now);
    } else if (work->stage == 0) {
        scheduler_start(part, now);
    } else if (work->done_bytes < work->bytes) {
        scheduler_get_pieces(part);
    } else {
        bool fails = dragonfly_demo_every(part, 13, 2 * part->index + 12);
        scheduler_request(
            part, work->is_from_source ? DRAGONFLY_BACK_TO_SOURCE_FINISHED : DRAGONFLY_DOWNLOAD_FINISHED,
            fails);
        if (!fails)
            dragonfly_scheduler_peer_downloaded(part->demo->s, work->bytes,
                                                (uint64_t)((now - work->since) * 1000));
        scheduler_close_peer(part, false, now);
    }
    return demo_random_between(&part->random, 0.1, 0.6);
}

/* ---- The persistent cache ---------------------------------------------------------------------------------------- */

static bool scheduler_call(dragonfly_part *part, dragonfly_call call, const char *path, bool fails)
{
    dragonfly_scheduler_called(part->demo->s, call);
    if (fails) dragonfly_scheduler_call_failed(part->demo->s, call);
    if (path) dragonfly_demo_call(part, path, fails);
    return fails;
}

static void scheduler_cache(dragonfly_part *part, dragonfly_cache_request request, dragonfly_host_type type,
                            bool fails)
{
    dragonfly_demo_received(part, SERVICE "AnnouncePersistentCachePeer");
    dragonfly_scheduler_cache_requested(part->demo->s, request, type);
    if (fails) dragonfly_scheduler_cache_failed(part->demo->s, request, type);
}

/* A peer of the persistent cache in six stages. */
static double scheduler_download_cached(dragonfly_part *part, double now)
{
    static const char path[] = SERVICE "AnnouncePersistentCachePeer";
    dragonfly_work *work = &part->work;
    dragonfly_host_type type = part->steps % 3 == 0 ? DRAGONFLY_SUPER_HOST : DRAGONFLY_NORMAL_HOST;
    bool fails = false;
    switch (work->stage++) {
    case 0:
        work->since = now;
        dragonfly_demo_open(part, path);
        fails = scheduler_call(part, DRAGONFLY_ANNOUNCE_CACHE_PEER, NULL, dragonfly_demo_every(part, 19, 14));
        break;
    case 1:
        scheduler_cache(part, DRAGONFLY_CACHE_REGISTER, type, dragonfly_demo_every(part, 11, 9));
        break;
    case 2:
        scheduler_cache(part, DRAGONFLY_CACHE_DOWNLOAD_STARTED, type, dragonfly_demo_every(part, 13, 10));
        break;
    case 3:
        for (uint64_t i = 0; i < 5; i++)
            scheduler_cache(part, DRAGONFLY_CACHE_PIECE_FINISHED, type, (part->steps + i) % 24 == 4);
        break;
    case 4:
        if (dragonfly_demo_every(part, 10, 3))
            dragonfly_scheduler_cache_reschedule_failed(part->demo->s, type);
        dragonfly_demo_sent(part, path);
        break;
    default:
        fails = dragonfly_demo_every(part, 17, 13);
        scheduler_cache(part, DRAGONFLY_CACHE_DOWNLOAD_FINISHED, type, fails);
        work->stage = 0;
        break;
    }
    if (fails) work->stage = 0;
    if (work->stage == 0) {
        dragonfly_demo_close(part, path, fails, now - work->since);
        part->steps++;
    }
    return demo_random_between(&part->random, 0.1, 0.4);
}

/* Somebody puts a file into it: that starts, and finishes or fails. */
static double scheduler_upload_cached(dragonfly_part *part, double now)
{
    (void)now;
    if (!part->work.is_running) {
        part->work.is_running =
            !scheduler_call(part, DRAGONFLY_UPLOAD_CACHE_TASK_STARTED,
                            SERVICE "UploadPersistentCacheTaskStarted", dragonfly_demo_every(part, 12, 10));
    } else if (!dragonfly_demo_every(part, 8, 0)) {
        scheduler_call(part, DRAGONFLY_UPLOAD_CACHE_TASK_FINISHED,
                       SERVICE "UploadPersistentCacheTaskFinished", dragonfly_demo_every(part, 14, 10));
        part->work.is_running = false;
    } else {
        scheduler_call(part, DRAGONFLY_UPLOAD_CACHE_TASK_FAILED, SERVICE "UploadPersistentCacheTaskFailed",
                       dragonfly_demo_every(part, 40, 32));
        part->work.is_running = false;
    }
    part->steps += !part->work.is_running;
    return demo_random_between(&part->random, 0.2, 0.9);
}

/* ---- Hosts and questions ----------------------------------------------------------------------------------------- */

static double scheduler_announce_host(dragonfly_part *part, double now)
{
    const dragonfly_announced *host = &scheduler_announced[part->steps % TACHO_COUNT(scheduler_announced)];
    bool fails = dragonfly_demo_every(part, 11, 6);
    (void)now;
    dragonfly_scheduler_host_announced(part->demo->s, host);
    if (fails) dragonfly_scheduler_host_announce_failed(part->demo->s, host);
    dragonfly_demo_call(part, SERVICE "AnnounceHost", fails);
    part->steps++;
    return demo_random_between(&part->random, 0.4, 1.4);
}

static double scheduler_answer(dragonfly_part *part, double now)
{
    static const struct {
        dragonfly_call call;
        const char *path;
    } questions[] = {
        { DRAGONFLY_STAT_PEER, SERVICE "StatPeer" },
        { DRAGONFLY_LEAVE_PEER, SERVICE "DeletePeer" },
        { DRAGONFLY_EXCHANGE_PEER, NULL }, /* has no method any more */
        { DRAGONFLY_STAT_TASK, SERVICE "StatTask" },
        { DRAGONFLY_LEAVE_TASK, SERVICE "DeleteTask" },
        { DRAGONFLY_LIST_HOSTS, SERVICE "ListHosts" },
        { DRAGONFLY_LEAVE_HOST, SERVICE "DeleteHost" },
        { DRAGONFLY_STAT_CACHE_PEER, SERVICE "StatPersistentCachePeer" },
        { DRAGONFLY_DELETE_CACHE_PEER, SERVICE "DeletePersistentCachePeer" },
        { DRAGONFLY_STAT_CACHE_TASK, SERVICE "StatPersistentCacheTask" },
        { DRAGONFLY_DELETE_CACHE_TASK, SERVICE "DeletePersistentCacheTask" },
    };
    uint64_t which = part->steps % TACHO_COUNT(questions), round = part->steps / TACHO_COUNT(questions);
    (void)now;
    scheduler_call(part, questions[which].call, questions[which].path, (round + which) % 9 == 3);
    dragonfly_demo_call(part, "/grpc.health.v1.Health/Check", false);
    part->steps++;
    return demo_random_between(&part->random, 0.1, 0.5);
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

dragonfly_demo *dragonfly_scheduler_demo_new(dragonfly_scheduler *s, demo_stage *stage, uint64_t seed)
{
    dragonfly_demo *demo = dragonfly_demo_new(dragonfly_scheduler_grpc(s));
    if (!demo) return NULL;
    demo->s = s;
    dragonfly_scheduler_started(s, &dragonfly_demo_build);
    dragonfly_demo_add(demo, stage, seed, scheduler_download, 6);
    dragonfly_demo_add(demo, stage, seed, scheduler_download_cached, 2);
    dragonfly_demo_add(demo, stage, seed, scheduler_upload_cached, 1);
    dragonfly_demo_add(demo, stage, seed, scheduler_announce_host, 1);
    dragonfly_demo_add(demo, stage, seed, scheduler_answer, 2);
    return demo;
}
