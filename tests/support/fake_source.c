#define _POSIX_C_SOURCE 200809L
#include "fake_source.h"

#include <string.h>
#include <time.h>

#include "deadline.h"

static void fake_put_rows(const fake_source *fake, trackarr_family family, trackarr_answer *answer)
{
    const char *const *values = answer->desc->values[0];
    fake_manner manner = fake->manners[family];
    trackarr_number number = fake->numbers[family];
    for (size_t i = 0; i == 0 || (values && values[i]); i++) {
        if (i == 0 && manner == FAKE_ROW_TOO_FEW) continue;
        trackarr_answer_put(answer, values ? values[i] : NULL, number);
        if (i == 0 && manner == FAKE_TWICE) trackarr_answer_put(answer, values ? values[i] : NULL, number);
        number.as.whole++;
    }
    if (manner == FAKE_ODD_LABEL) trackarr_answer_put(answer, "event_skip", number);
    if (manner == FAKE_NULL_LABEL) trackarr_answer_put(answer, NULL, number);
}

static void fake_answer(const fake_source *fake, trackarr_family family, trackarr_answer *answer)
{
    fake_manner manner = fake->manners[family];
    if (manner == FAKE_WRONG)
        trackarr_answer_fail(answer, TRACKARR_WRONG, "no such column");
    else if (manner == FAKE_OUTAGE)
        trackarr_answer_fail(answer, TRACKARR_OUTAGE, "away");
    else if (manner == FAKE_LATE)
        trackarr_answer_fail(answer, TRACKARR_LATE, "too slow");
    else if (manner != FAKE_NOTHING)
        fake_put_rows(fake, family, answer);
}

/* Count a read, and hang as long as that is wanted; leaves the mutex locked. */
static void fake_enter(fake_source *fake, trackarr_group group)
{
    pthread_mutex_lock(&fake->mutex);
    fake->reads[group]++;
    while (fake->hangs[group]) pthread_cond_wait(&fake->changed, &fake->mutex);
}

static void fake_read(trackarr_source *self, trackarr_group group, trackarr_answer *answers, uint64_t deadline_ns)
{
    fake_source *fake = TACHO_CONTAINER(self, fake_source, source);
    const trackarr_group_row *row = &trackarr_groups[group];
    (void)deadline_ns;
    fake_enter(fake, group);
    for (size_t i = 0; i < row->count; i++) fake_answer(fake, (trackarr_family)(row->first + i), &answers[i]);
    pthread_mutex_unlock(&fake->mutex);
}

static bool fake_walk(trackarr_source *self, trackarr_swarm *swarm, trackarr_answer *answer, uint64_t deadline_ns)
{
    fake_source *fake = TACHO_CONTAINER(self, fake_source, source);
    fake_enter(fake, TRACKARR_GROUP_SWARM);
    uint32_t left_ms = (uint32_t)deadline_left_ms(deadline_ns), ms = fake->walk_ms < left_ms ? fake->walk_ms : left_ms;
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L }, NULL);
    bool fails = fake->walk_fails || ms < fake->walk_ms;
    for (size_t i = 0; i < fake->peer_count && !fails; i++)
        fails = trackarr_swarm_add(swarm, &fake->peers[i]) != TRACKARR_JOINED;
    pthread_mutex_unlock(&fake->mutex);
    if (fails) trackarr_answer_fail(answer, TRACKARR_OUTAGE, "the walk was cut off");
    return !fails;
}

static double fake_now_ms(trackarr_source *self)
{
    (void)self;
    return 1e12;
}

static void fake_close(trackarr_source *self)
{
    fake_source *fake = TACHO_CONTAINER(self, fake_source, source);
    pthread_mutex_lock(&fake->mutex);
    fake->closed++;
    pthread_cond_broadcast(&fake->changed);
    pthread_mutex_unlock(&fake->mutex);
}

static bool fake_offers(trackarr_source *self, trackarr_group group)
{
    return !TACHO_CONTAINER(self, fake_source, source)->lacks[group];
}

static const trackarr_source_ops fake_ops = { .offers = fake_offers, .read = fake_read, .walk = fake_walk,
                                              .now_ms = fake_now_ms, .close = fake_close };

void fake_source_init(fake_source *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->source.ops = &fake_ops;
    pthread_mutex_init(&fake->mutex, NULL);
    pthread_cond_init(&fake->changed, NULL);
    for (size_t i = 0; i < TRACKARR_DOCUMENTED; i++) fake->numbers[i] = trackarr_whole(i + 1);
}

void fake_source_fini(fake_source *fake)
{
    pthread_cond_destroy(&fake->changed);
    pthread_mutex_destroy(&fake->mutex);
}

void fake_source_set(fake_source *fake, trackarr_family family, fake_manner manner)
{
    pthread_mutex_lock(&fake->mutex);
    fake->manners[family] = manner;
    pthread_mutex_unlock(&fake->mutex);
}

void fake_source_hang(fake_source *fake, trackarr_group group, bool hangs)
{
    pthread_mutex_lock(&fake->mutex);
    fake->hangs[group] = hangs;
    pthread_cond_broadcast(&fake->changed);
    pthread_mutex_unlock(&fake->mutex);
}

unsigned fake_source_reads(fake_source *fake, trackarr_group group)
{
    pthread_mutex_lock(&fake->mutex);
    unsigned reads = fake->reads[group];
    pthread_mutex_unlock(&fake->mutex);
    return reads;
}

unsigned fake_source_closed(fake_source *fake)
{
    pthread_mutex_lock(&fake->mutex);
    unsigned closed = fake->closed;
    pthread_mutex_unlock(&fake->mutex);
    return closed;
}

void fake_source_await_closed(fake_source *fake)
{
    pthread_mutex_lock(&fake->mutex);
    while (!fake->closed) pthread_cond_wait(&fake->changed, &fake->mutex);
    pthread_mutex_unlock(&fake->mutex);
}
