/*
 * stress.c - what tests with many threads and processes have in common.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tacho/expose.h>

#include "stress.h"

#if defined(TACHO_SANITIZED)
#define STRESS_PART 8
#elif defined(TACHO_NO_RSEQ)
#define STRESS_PART 3
#else
#define STRESS_PART 1
#endif
#define STRESS_LONG 10

bool stress_is_long(void)
{
    return getenv("TACHO_LONG") != NULL;
}

size_t stress_scaled(size_t normal)
{
    size_t scaled = normal / STRESS_PART * (stress_is_long() ? STRESS_LONG : 1);
    return scaled ? scaled : 1;
}

double stress_seconds(double normal)
{
    return normal / STRESS_PART * (stress_is_long() ? STRESS_LONG : 1);
}

static const char *stress_name = "";

static void stress_too_long(int signal)
{
    (void)signal;
    (void)!write(2, stress_name, strlen(stress_name));
    (void)!write(2, ": took longer than its limit\n", 29);
    abort();
}

void stress_begin(const char *name, unsigned seconds)
{
    stress_name = name;
    (void)signal(SIGALRM, stress_too_long);
    unsigned slowly = STRESS_PART > 1 ? 3 : 1; /* the part of the work that is left costs more than in the plain build */
    (void)alarm(seconds * slowly * (stress_is_long() ? STRESS_LONG : 1));
}

void stress_end(void)
{
    (void)alarm(0);
}

double stress_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void stress_pass(double seconds)
{
    struct timespec rest = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };
    while (nanosleep(&rest, &rest) != 0) continue;
}

uint64_t stress_seed(void)
{
    static uint64_t seed;
    if (seed) return seed;
    const char *text = getenv("TACHO_SEED");
    seed = text ? strtoull(text, NULL, 0) : 20260101;
    (void)fprintf(stderr, "TACHO_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

uint32_t stress_random(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(((*state >> 32) * below) >> 32);
}

void *stress_shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    return memory;
}

void stress_unshare(void *memory, size_t size)
{
    (void)munmap(memory, size);
}

pid_t stress_fork(int (*body)(void *arg), void *arg)
{
    pid_t parent = getpid();
    (void)fflush(NULL);
    pid_t child = fork();
    if (child != 0) return child;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(99);
    _exit(body(arg));
}

int stress_wait(pid_t child)
{
    int status = 0;
    if (waitpid(child, &status, 0) != child) return -1000;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

bool stress_wait_stopped(pid_t child)
{
    int status = 0;
    return waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status);
}

bool stress_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fprintf(stderr, "[%d] ", (int)getpid());
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    return false;
}

/* ---- Scrapes ----------------------------------------------------------------------------------------------- */

static bool stress_grow(char **text, size_t *cap, size_t want)
{
    if (want <= *cap) return true;
    size_t grown = *cap ? *cap * 2 : 65536;
    while (grown < want) grown *= 2;
    char *larger = realloc(*text, grown);
    if (!larger) return false;
    *text = larger;
    *cap = grown;
    return true;
}

/* The bytes of one scrape, to be freed; NULL: out of memory. */
static char *stress_read(tacho_registry *reg, size_t size, size_t *len)
{
    char *text = NULL;
    size_t cap = 0, got;
    *len = 0;
    tacho_scrape *scrape = tacho_scrape_new(reg, TACHO_TEXT);
    bool ok = scrape != NULL;
    do {
        ok = ok && stress_grow(&text, &cap, *len + size);
        got = ok ? tacho_scrape_read(scrape, text + *len, size) : 0;
        *len += got;
    } while (got);
    tacho_scrape_free(scrape);
    if (ok) return text;
    free(text);
    return NULL;
}

struct exposition *stress_scrape(tacho_registry *reg, size_t size)
{
    char why[512] = "out of memory";
    size_t len;
    char *text = stress_read(reg, size, &len);
    struct exposition *page = text ? exposition_parse(text, len, why, sizeof why) : NULL;
    if (!page) {
        (void)stress_say("invalid exposition: %s", why);
        if (text && getenv("TACHO_SHOW")) (void)fwrite(text, 1, len, stderr);
    }
    free(text);
    return page;
}

struct exposition *stress_scrape_valid(tacho_registry *reg)
{
    struct exposition *page = stress_scrape(reg, 65536);
    assert_non_null(page);
    return page;
}

/* ---- Storms of signals --------------------------------------------------------------------------------------- */

bool stress_storm_begin(struct stress_storm *storm, int number, unsigned every_us, void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
    struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = number };
    struct itimerspec every = { { 0, every_us * 1000L }, { 0, every_us * 1000L } };
    timer_t timer;
    (void)sigaction(number, &action, NULL);
    /* glibc 2.36 has no other name for it. */
    ((int *)&event._sigev_un)[0] = (int)syscall(SYS_gettid);
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return false;
    storm->signal = number;
    storm->timer = (void *)timer;
    return timer_settime(timer, 0, &every, NULL) == 0;
}

void stress_storm_end(struct stress_storm *storm)
{
    sigset_t pending;
    (void)timer_delete((timer_t)storm->timer);
    /* What was sent before goes to the handler now, not to the next test. */
    do (void)sigpending(&pending);
    while (sigismember(&pending, storm->signal) == 1);
}
