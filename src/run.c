/*
 * run.c - one run of a collector, on the thread that scrapes or on one of its own.
 *
 * Lock: the registry's mutex guards what a run leaves behind; the run itself holds nothing.
 */
#include "clock.h"
#include "emitter.h"
#include "thread.h"

#define RUN_STACK ((size_t)256 << 10)

/* The registries whose collectors this thread is in: a collector may scrape another registry. */
struct run_frame {
    const tacho_registry *reg;
    const struct run_frame *outer;
};
static _Thread_local const struct run_frame *run_frames;

bool tacho__run_is_inside(const tacho_registry *reg)
{
    const struct run_frame *frame = run_frames;
    while (frame && reg && frame->reg != reg) frame = frame->outer;
    return frame != NULL;
}

void tacho__run_begin(struct tacho__plug *plug, uint64_t until_ns)
{
    plug->running = true;
    plug->late = false;
    plug->runs++;
    plug->began_ns = tacho__clock_ns();
    tacho__store_relaxed(&plug->until_ns, until_ns); /* written under the mutex; its run only looks */
    plug->refs++;
}

void tacho__run_release(struct tacho__plug *plug)
{
    if (plug->ops.release) plug->ops.release(plug->collector);
}

void tacho__run_release_orphan(struct tacho__plug *plug)
{
    tacho_registry *reg = plug->reg;
    tacho__run_release(plug);
    (void)pthread_mutex_lock(&reg->mutex); /* only now may the collector be plugged in again */
    struct tacho__plug **at = &reg->orphans;
    while (*at && *at != plug) at = &(*at)->next;
    if (*at) *at = plug->next;
    (void)pthread_mutex_unlock(&reg->mutex);
}

/* What a run came to; NULL: nothing. Returns a result that is to be freed. Under the mutex. */
static struct tacho__box *run_note(struct tacho__plug *plug, struct tacho__box *box, tacho_err err, uint64_t end)
{
    struct tacho__box *old = NULL;
    bool in_time = !plug->late && end <= tacho__load_relaxed(&plug->until_ns);
    bool slow = err == TACHO_ERR_TIMEOUT || !in_time;
    plug->success = box && in_time;
    if (!plug->success && !plug->late) /* else the scrapes that went on without it have counted that */
        plug->failures[slow ? TACHO__FAILED_DEADLINE : TACHO__FAILED_ERROR]++;
    plug->tried = true;
    plug->duration = (double)(end - plug->began_ns) / 1e9;
    plug->running = plug->late = false;
    if (!box) return NULL;
    plug->last_success = tacho__clock_unix();
    plug->newest = box;
    box->read_ns = end;
    box->in_time = in_time;
    if (!plug->waiters && !tacho__plug_keeps(plug)) return tacho__box_let_go(box);
    old = plug->result;
    plug->result = box;
    return tacho__box_let_go(old);
}

void tacho__run_do(struct tacho__plug *plug)
{
    tacho_registry *reg = plug->reg;
    const struct run_frame frame = { reg, run_frames };
    tacho_err err = TACHO_OK;
    run_frames = &frame;
    struct tacho__box *box = tacho__box_collect(plug, NULL, &err);
    run_frames = frame.outer;
    uint64_t end = tacho__clock_ns();
    (void)pthread_mutex_lock(&reg->mutex);
    struct tacho__box *old = run_note(plug, box, err, end);
    bool orphan = plug->orphan;
    (void)pthread_cond_broadcast(&plug->ended);
    for (struct tacho__waker *waker = reg->wakers; waker; waker = waker->next) waker->wake(waker);
    (void)pthread_mutex_unlock(&reg->mutex);
    tacho__box_free(old);
    if (orphan) tacho__run_release_orphan(plug);
    tacho__plug_drop(plug);
}

/* ---- Threads ------------------------------------------------------------------------------------------------------- */

/* Wait for something to do; false: to end. Under the mutex. */
static bool run_wait(struct tacho__plug *plug)
{
    while (!plug->asked && !plug->quit) (void)pthread_cond_wait(&plug->work, &plug->reg->mutex);
    bool asked = plug->asked;
    plug->asked = false;
    return asked;
}

static void *run_thread(void *arg)
{
    struct tacho__plug *plug = arg;
    tacho_registry *reg = plug->reg;
    bool alone = false; /* nobody will join it */
    (void)pthread_mutex_lock(&reg->mutex);
    while (!alone && run_wait(plug)) {
        (void)pthread_mutex_unlock(&reg->mutex);
        tacho__run_do(plug);
        (void)pthread_mutex_lock(&reg->mutex);
        alone = plug->orphan && !plug->running; /* it may have been asked again before it was taken out */
    }
    if (alone) (void)pthread_detach(pthread_self());
    (void)pthread_mutex_unlock(&reg->mutex);
    tacho__plug_drop(plug);
    return NULL;
}

void tacho__run_detached(struct tacho__plug *plug)
{
    tacho_registry *reg = plug->reg;
    (void)pthread_mutex_lock(&reg->mutex);
    if (!plug->has_thread) { /* created under the mutex, so that whoever joins it finds its number */
        plug->has_thread = tacho__thread_start(&plug->thread, RUN_STACK, run_thread, plug) == 0;
        plug->refs += plug->has_thread;
    }
    bool refused = !plug->has_thread;
    plug->asked = !refused;
    if (refused) (void)run_note(plug, NULL, TACHO_ERR_NOMEM, tacho__clock_ns());
    bool orphan = refused && plug->orphan;
    (void)pthread_cond_broadcast(refused ? &plug->ended : &plug->work);
    (void)pthread_mutex_unlock(&reg->mutex);
    if (!refused) return;
    if (orphan) tacho__run_release_orphan(plug);
    tacho__registry_misuse(reg, TACHO__MISHAPS, NULL, "a detached collector does not run: the system grants no thread");
    tacho__plug_drop(plug); /* the run's hold */
}

void tacho__run_end_thread(struct tacho__plug *plug)
{
    tacho_registry *reg = plug->reg;
    (void)pthread_mutex_lock(&reg->mutex);
    bool joins = plug->has_thread;
    plug->quit = true;
    plug->has_thread = false;
    (void)pthread_cond_signal(&plug->work);
    (void)pthread_mutex_unlock(&reg->mutex);
    if (joins) (void)pthread_join(plug->thread, NULL);
}
