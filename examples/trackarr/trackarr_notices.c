#define _POSIX_C_SOURCE 200809L
#include "trackarr_notices.h"

#include <string.h>
#include <time.h>

#include "say.h"

#define NOTICES_SILENCE 60.0 /* seconds */

static void notices_strip(char *stripped, size_t cap, const char *why)
{
    size_t len = 0;
    for (; *why && len < cap - 1; why++)
        if (*why < '0' || *why > '9') stripped[len++] = *why;
    stripped[len] = '\0';
}

bool trackarr_notices_is_new(trackarr_notices *notices, const char *why, double now)
{
    char stripped[TRACKARR_WHY_BYTES];
    size_t oldest = 0;
    bool is_new = true;
    notices_strip(stripped, sizeof stripped, why);
    pthread_mutex_lock(&notices->mutex);
    for (size_t i = 0; i < NOTICES_REMEMBERED && is_new; i++) {
        double at = notices->told[i].at;
        is_new = at == 0 || now - at >= NOTICES_SILENCE || strcmp(notices->told[i].why, stripped) != 0;
        if (at < notices->told[oldest].at) oldest = i;
    }
    if (is_new) {
        memcpy(notices->told[oldest].why, stripped, sizeof stripped);
        notices->told[oldest].at = now;
    }
    pthread_mutex_unlock(&notices->mutex);
    return is_new;
}

static void notices_told(trackarr_listener *self, const char *query, const char *why)
{
    trackarr_notices *notices = TACHO_CONTAINER(self, trackarr_notices, listener);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!trackarr_notices_is_new(notices, why ? why : "", (double)now.tv_sec + 1)) return;
    if (why)
        say(notices->program, "query %s fails (others may, too): %s", query, why);
    else
        say(notices->program, "query %s is answered again (others may be, too)", query);
}

void trackarr_notices_init(trackarr_notices *notices, const char *program)
{
    memset(notices, 0, sizeof *notices);
    notices->listener.told = notices_told;
    notices->program = program;
    pthread_mutex_init(&notices->mutex, NULL);
}
