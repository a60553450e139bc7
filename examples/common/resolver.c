/*
 * resolver.c - a job is owned by the resolver and its thread together; who leaves last releases it.
 */
#define _POSIX_C_SOURCE 200809L
#include "resolver.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct resolver_job {
    pthread_mutex_t mutex; /* guards all below but the texts */
    pthread_cond_t finished;
    bool done, left; /* the thread is through; the resolver has gone */
    int failed;      /* as getaddrinfo gave it */
    struct addrinfo *found;
    char *host, *port;
    char texts[]; /* both */
};

static int look_up(const char *host, const char *port, int flags, struct addrinfo **found)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV };
    return getaddrinfo(host, port, &hints, found);
}

static void job_free(resolver_job *job)
{
    if (job->found) freeaddrinfo(job->found);
    pthread_mutex_destroy(&job->mutex);
    pthread_cond_destroy(&job->finished);
    free(job);
}

static void *job_main(void *argument)
{
    resolver_job *job = argument;
    struct addrinfo *found = NULL;
    int failed = look_up(job->host, job->port, 0, &found);
    pthread_mutex_lock(&job->mutex);
    job->done = true;
    job->failed = failed;
    job->found = failed ? NULL : found;
    bool left = job->left;
    pthread_cond_signal(&job->finished);
    pthread_mutex_unlock(&job->mutex);
    if (left) job_free(job);
    return NULL;
}

/* A detached thread that no signal of the process is given to. */
static bool job_start(resolver_job *job)
{
    sigset_t all, before;
    pthread_t thread;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&thread, NULL, job_main, job) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started) pthread_detach(thread);
    return started;
}

static resolver_job *job_new(const char *host, const char *port)
{
    pthread_condattr_t attributes;
    size_t host_size = strlen(host) + 1, port_size = strlen(port) + 1;
    resolver_job *job = calloc(1, sizeof *job + host_size + port_size);
    if (!job) return NULL;
    job->host = memcpy(job->texts, host, host_size);
    job->port = memcpy(job->texts + host_size, port, port_size);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&job->finished, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&job->mutex, NULL);
    if (job_start(job)) return job;
    job_free(job);
    return NULL;
}

static bool job_await(resolver_job *job, uint64_t deadline_ns)
{
    struct timespec until = { .tv_sec = (time_t)(deadline_ns / 1000000000),
                              .tv_nsec = (long)(deadline_ns % 1000000000) };
    bool late = false;
    pthread_mutex_lock(&job->mutex);
    while (!job->done && !late) late = pthread_cond_timedwait(&job->finished, &job->mutex, &until) != 0;
    bool done = job->done;
    pthread_mutex_unlock(&job->mutex);
    return done;
}

struct addrinfo *resolver_look_up(resolver *self, const char *host, const char *port, uint64_t deadline_ns,
                                  char *why, size_t cap)
{
    struct addrinfo *found = NULL;
    if (look_up(host, port, AI_NUMERICHOST, &found) == 0) return found;
    if (!self->job && !(self->job = job_new(host, port))) {
        snprintf(why, cap, "no thread or memory to look up the host");
        return NULL;
    }
    if (!job_await(self->job, deadline_ns)) {
        snprintf(why, cap, "the host's name is still being looked up");
        return NULL;
    }
    resolver_job *job = self->job; /* done: its thread touches it no more */
    self->job = NULL;
    found = job->found;
    job->found = NULL;
    if (!found) snprintf(why, cap, "the host is not found: %s", gai_strerror(job->failed));
    job_free(job);
    return found;
}

void resolver_fini(resolver *self)
{
    resolver_job *job = self->job;
    self->job = NULL;
    if (!job) return;
    pthread_mutex_lock(&job->mutex);
    job->left = true;
    bool done = job->done;
    pthread_mutex_unlock(&job->mutex);
    if (done) job_free(job);
}
