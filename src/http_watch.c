/*
 * http_watch.c - descriptors that a loop waits for.
 *
 * The one descriptor is an epoll descriptor, which sees the same entries. It names files, not numbers: one that is closed
 * here but lives on in a forked child would be reported for ever, so each is taken out before it is closed.
 */
#define _GNU_SOURCE
#include "http_watch.h"

#include <unistd.h>

#include "alloc.h"

#if defined(__linux__)
#include <sys/epoll.h>

static int watch_open(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

/* POLLIN and POLLOUT have the same bits. */
static void watch_tell(int by, const struct pollfd *before, const struct pollfd *now)
{
    struct epoll_event event = { .events = (uint32_t)now->events };
    if (before->fd >= 0 && before->fd != now->fd) (void)epoll_ctl(by, EPOLL_CTL_DEL, before->fd, &event);
    if (now->fd >= 0) (void)epoll_ctl(by, before->fd == now->fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, now->fd, &event);
}
#else
static int watch_open(void)
{
    return -1;
}

static void watch_tell(int by, const struct pollfd *before, const struct pollfd *now)
{
    (void)by, (void)before, (void)now;
}
#endif

tacho_err tacho__http_watch_init(tacho__http_watch *watch, uint32_t count, bool shows)
{
    watch->shown_by = -1;
    watch->count = count;
    watch->polls = tacho__alloc(count * sizeof *watch->polls * (shows ? 2 : 1));
    if (!watch->polls) return TACHO_ERR_NOMEM;
    for (uint32_t i = 0; i < (shows ? 2 * count : count); i++) watch->polls[i].fd = -1;
    if (!shows) return TACHO_OK;
    watch->shown = watch->polls + count;
    watch->shown_by = watch_open();
#if defined(__linux__)
    if (watch->shown_by < 0) return TACHO_ERR_IO;
#endif
    return TACHO_OK;
}

void tacho__http_watch_fini(tacho__http_watch *watch)
{
    if (watch->polls && watch->shown_by >= 0) (void)close(watch->shown_by);
    tacho__free(watch->polls);
    watch->polls = NULL;
}

void tacho__http_watch_set(tacho__http_watch *watch, uint32_t index, int fd, short events)
{
    watch->polls[index] = (struct pollfd){ .fd = fd, .events = events };
    if (index == 0) watch->used = 0;
    if (fd >= 0) watch->used = index + 1; /* poll refuses more entries than descriptors may be open */
}

void tacho__http_watch_forget(tacho__http_watch *watch, uint32_t index)
{
    static const struct pollfd nothing = { .fd = -1 };
    if (watch->shown_by < 0) return;
    watch_tell(watch->shown_by, &watch->shown[index], &nothing);
    watch->shown[index] = nothing;
}

void tacho__http_watch_show(tacho__http_watch *watch)
{
    for (uint32_t i = 0; watch->shown_by >= 0 && i < watch->count; i++) {
        const struct pollfd *now = &watch->polls[i];
        if (now->fd == watch->shown[i].fd && now->events == watch->shown[i].events) continue;
        watch_tell(watch->shown_by, &watch->shown[i], now);
        watch->shown[i] = *now;
    }
}
