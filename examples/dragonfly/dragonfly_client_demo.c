/*
 * dragonfly_client_demo.c - a simulated client: who downloads through it and its proxy, the peers that get pieces from
 * it, who uploads files, and the operator. What goes wrong does so every few times, and the first time soon.
 */
#include "dragonfly_world.h"

#define CLIENT_DISK (UINT64_C(512) << 30)
#define CLIENT_PIECE (UINT64_C(4) << 20)
#define DOWNLOAD_TASK "/dfdaemon.v2.DfdaemonDownload/DownloadTask"

/* ---- Downloads --------------------------------------------------------------------------------------------------- */

static const dragonfly_task client_tasks[] = {
    { DRAGONFLY_STANDARD, "", "", 0 },
    { DRAGONFLY_STANDARD, "image", "containerd", 3 },
    { DRAGONFLY_PERSISTENT, "model", "trainer", 1 },
    { DRAGONFLY_PERSISTENT_CACHE, "checkpoint \"best\"", "trainer", 2 },
    { DRAGONFLY_STANDARD, "", "proxy", 6 },
};
static const char *const client_schemes[] = { "https", "s3", "hf", "oci" };

static void client_ask_source(dragonfly_part *part, dragonfly_method method, bool fails)
{
    dragonfly_client *c = part->demo->c;
    const char *scheme = client_schemes[(part->steps + part->index) % TACHO_COUNT(client_schemes)];
    dragonfly_client_backend_requested(c, scheme, method);
    if (fails)
        dragonfly_client_backend_failed(c, scheme, method);
    else
        dragonfly_client_backend_answered(
            c, scheme, method,
            (uint64_t)demo_random_duration(&part->random, method == DRAGONFLY_HEAD ? 35 : 180));
}

/* Every third one comes through the proxy, and every fourth wants only a range, so that the rest is fetched ahead. */
static void client_begin_download(dragonfly_part *part, double now)
{
    dragonfly_work *work = &part->work;
    dragonfly_client *c = part->demo->c;
    *work =
        (dragonfly_work){ .is_running = true,
                          .fails = dragonfly_demo_every(part, 11, part->index + 8),
                          .bytes = (UINT64_C(1) << 20) << demo_random_below(&part->random, 9),
                          .since = now,
                          .task = client_tasks[demo_random_below(&part->random, TACHO_COUNT(client_tasks))] };
    if (dragonfly_demo_every(part, 3, part->index)) {
        dragonfly_client_proxy_requested(c);
        dragonfly_client_proxy_via_dfdaemon(c);
    }
    dragonfly_demo_open(part, DOWNLOAD_TASK);
    dragonfly_client_download_started(c, &work->task);
    client_ask_source(part, DRAGONFLY_HEAD, false);
    if (!dragonfly_demo_every(part, 4, part->index)) return;
    dragonfly_client_prefetch_started(c, &work->task);
    if (dragonfly_demo_every(part, 20, part->index)) dragonfly_client_prefetch_failed(c, &work->task);
}

/* As many pieces as come in half a second; most of them from other peers. */
static void client_get_pieces(dragonfly_part *part)
{
    static const dragonfly_origin origins[] = { DRAGONFLY_REMOTE_PEER, DRAGONFLY_REMOTE_PEER,
                                                DRAGONFLY_REMOTE_PEER, DRAGONFLY_LOCAL_PEER,
                                                DRAGONFLY_BACK_TO_SOURCE };
    dragonfly_work *work = &part->work;
    for (uint64_t i = 0; i < 8 && work->done_bytes < work->bytes; i++) {
        uint64_t left = work->bytes - work->done_bytes, bytes = left < CLIENT_PIECE ? left : CLIENT_PIECE;
        dragonfly_origin from = origins[demo_random_below(&part->random, TACHO_COUNT(origins))];
        if (from == DRAGONFLY_BACK_TO_SOURCE)
            client_ask_source(part, DRAGONFLY_GET, demo_random_one_in(&part->random, 12));
        dragonfly_client_piece_downloaded(part->demo->c, from, work->task.type, bytes);
        dragonfly_demo_sent(part, DOWNLOAD_TASK);
        work->done_bytes += bytes;
        part->demo->disk_used_bytes += bytes;
    }
}

static double client_download(dragonfly_part *part, double now)
{
    dragonfly_work *work = &part->work;
    dragonfly_client *c = part->demo->c;
    if (!work->is_running) {
        client_begin_download(part, now);
        return 0.3;
    }
    client_get_pieces(part);
    if (work->done_bytes < work->bytes && !work->fails) return 0.5;
    if (work->fails)
        dragonfly_client_download_failed(c, &work->task);
    else
        dragonfly_client_download_finished(c, &work->task, work->bytes,
                                           (uint64_t)((now - work->since) * 1000));
    dragonfly_demo_close(part, DOWNLOAD_TASK, work->fails, now - work->since);
    work->is_running = false;
    part->steps++;
    return demo_random_between(&part->random, 0.2, 2);
}

/* Requests that no rule sends through this client. */
static double client_pass_on(dragonfly_part *part, double now)
{
    (void)now;
    dragonfly_client_proxy_requested(part->demo->c);
    if (dragonfly_demo_every(part, 9, 6)) dragonfly_client_proxy_failed(part->demo->c);
    part->steps++;
    return demo_random_between(&part->random, 0.3, 1.5);
}

/* ---- Uploads ----------------------------------------------------------------------------------------------------- */

static double client_give_piece(dragonfly_part *part, double now)
{
    dragonfly_client *c = part->demo->c;
    (void)now;
    if (!part->work.is_running) {
        part->work.is_running = true;
        dragonfly_client_piece_upload_started(c);
        return demo_random_between(&part->random, 0.05, 0.4);
    }
    bool fails = dragonfly_demo_every(part, 15, 5);
    part->work.is_running = false;
    dragonfly_client_piece_upload_ended(c, (dragonfly_task_type)(part->steps++ % DRAGONFLY_NORMAL),
                                        fails ? 0 : CLIENT_PIECE);
    dragonfly_demo_call(part, "/dfdaemon.v2.DfdaemonUpload/DownloadPiece", fails);
    return demo_random_between(&part->random, 0.05, 0.6);
}

/* A peer asks which pieces are here, and is told of new ones until it has enough. */
static double client_sync_pieces(dragonfly_part *part, double now)
{
    static const char path[] = "/dfdaemon.v2.DfdaemonUpload/SyncPieces";
    dragonfly_work *work = &part->work;
    if (!work->is_running) {
        *work = (dragonfly_work){ .is_running = true, .since = now };
        dragonfly_demo_open(part, path);
    } else if (work->stage++ < 6) {
        dragonfly_demo_sent(part, path);
    } else {
        dragonfly_demo_close(part, path, dragonfly_demo_every(part, 9, 8), now - work->since);
        work->is_running = false;
        part->steps++;
    }
    return demo_random_between(&part->random, 0.2, 0.7);
}

static double client_upload(dragonfly_part *part, double now)
{
    dragonfly_work *work = &part->work;
    dragonfly_client *c = part->demo->c;
    if (!work->is_running) {
        *work = (dragonfly_work){ .is_running = true,
                                  .fails = dragonfly_demo_every(part, 9, 7),
                                  .bytes = (UINT64_C(1) << 20) << demo_random_below(&part->random, 10),
                                  .since = now,
                                  .task = client_tasks[2 + part->steps % 2] };
        dragonfly_client_upload_started(c, &work->task);
        return demo_random_duration(&part->random, 1.6);
    }
    client_ask_source(part, DRAGONFLY_PUT, work->fails);
    if (work->fails)
        dragonfly_client_upload_failed(c, &work->task);
    else
        dragonfly_client_upload_finished(c, &work->task, work->bytes, (uint64_t)((now - work->since) * 1000));
    work->is_running = false;
    part->steps++;
    return demo_random_between(&part->random, 0.5, 2);
}

/* ---- The operator ------------------------------------------------------------------------------------------------ */

static const char *const client_paths[DRAGONFLY_TASK_CALLS] = {
    [DRAGONFLY_UPDATE] = "/dfdaemon.v2.DfdaemonUpload/UpdatePersistentTask",
    [DRAGONFLY_STAT] = "/dfdaemon.v2.DfdaemonDownload/StatTask",
    [DRAGONFLY_LIST_ENTRIES] = "/dfdaemon.v2.DfdaemonDownload/ListTaskEntries",
    [DRAGONFLY_DELETE] = "/dfdaemon.v2.DfdaemonDownload/DeleteTask",
};

/* Files that nobody wants any more go when the disk is four fifths full. */
static void client_collect_garbage(dragonfly_demo *demo)
{
    if (demo->disk_used_bytes > CLIENT_DISK / 5 * 4) demo->disk_used_bytes = CLIENT_DISK / 5 * 2;
    dragonfly_client_disk(demo->c, CLIENT_DISK, demo->disk_used_bytes);
}

static double client_operate(dragonfly_part *part, double now)
{
    dragonfly_demo *demo = part->demo;
    uint64_t round = part->steps / DRAGONFLY_TASK_CALLS;
    dragonfly_task_call call = (dragonfly_task_call)(part->steps % DRAGONFLY_TASK_CALLS);
    dragonfly_task_type type = (dragonfly_task_type)(round % DRAGONFLY_NORMAL);
    bool fails = (round + call) % 9 == 4;
    (void)now;
    dragonfly_client_task_called(demo->c, call, type);
    if (fails) dragonfly_client_task_call_failed(demo->c, call, type);
    dragonfly_demo_call(part, client_paths[call], fails);
    if (dragonfly_demo_every(part, 10, 1)) {
        bool deletion_fails = dragonfly_demo_every(part, 40, 31);
        dragonfly_client_host_deleted(demo->c);
        if (deletion_fails) dragonfly_client_host_deletion_failed(demo->c);
        dragonfly_demo_call(part, "/dfdaemon.v2.DfdaemonDownload/DeleteHost", deletion_fails);
    }
    dragonfly_demo_call(part, "/grpc.health.v1.Health/Check", false);
    client_collect_garbage(demo);
    part->steps++;
    return demo_random_between(&part->random, 0.4, 0.8);
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

dragonfly_demo *dragonfly_client_demo_new(dragonfly_client *c, demo_stage *stage, uint64_t seed)
{
    dragonfly_demo *demo = dragonfly_demo_new(dragonfly_client_grpc(c));
    if (!demo) return NULL;
    demo->c = c;
    demo->disk_used_bytes = CLIENT_DISK / 3;
    dragonfly_client_started(c, &dragonfly_demo_build);
    dragonfly_demo_add(demo, stage, seed, client_operate, 1);
    dragonfly_demo_add(demo, stage, seed, client_download, 4);
    dragonfly_demo_add(demo, stage, seed, client_pass_on, 1);
    dragonfly_demo_add(demo, stage, seed, client_give_piece, 2);
    dragonfly_demo_add(demo, stage, seed, client_sync_pieces, 1);
    dragonfly_demo_add(demo, stage, seed, client_upload, 1);
    return demo;
}
