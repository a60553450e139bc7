/*
 * thread.c - threads that leave the host's signals to the host.
 *
 * A thread inherits the mask of who starts it, so that is what is set, for a moment.
 */
#define _GNU_SOURCE
#include "thread.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>

#include <tacho/base.h>

static int thread_create(pthread_t *thread, size_t stack, void *(*run)(void *), void *arg)
{
    pthread_attr_t attr;
    if (stack == 0) return pthread_create(thread, NULL, run, arg);
#if defined(PTHREAD_STACK_MIN)
    if (stack < (size_t)PTHREAD_STACK_MIN) stack = (size_t)PTHREAD_STACK_MIN;
#endif
    int err = pthread_attr_init(&attr);
    if (err) return err;
    (void)pthread_attr_setstacksize(&attr, stack);
    err = pthread_create(thread, &attr, run, arg);
    (void)pthread_attr_destroy(&attr);
    return err == EINVAL ? pthread_create(thread, NULL, run, arg) : err; /* thread-local data of the host need more */
}

int tacho__thread_start(pthread_t *thread, size_t stack, void *(*run)(void *), void *arg)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
    sigset_t all, before;
    (void)sigfillset(&all);
    for (size_t i = 0; i < TACHO_COUNT(faults); i++) (void)sigdelset(&all, faults[i]);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int err = thread_create(thread, stack, run, arg);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return err;
}
