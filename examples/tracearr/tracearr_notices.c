#define _POSIX_C_SOURCE 200809L
#include "tracearr_notices.h"

#include <string.h>

#include "deadline.h"
#include "say.h"

#define NOTICES_SILENCE_NS UINT64_C(60000000000)

static void notices_strip(char *stripped, const char *why)
{
    size_t len = 0;
    for (; why && *why && len < TRACEARR_NOTICE_BYTES - 1; why++)
        if (*why < '0' || *why > '9') stripped[len++] = *why;
    stripped[len] = '\0';
}

bool tracearr_notices_is_new(tracearr_notices *notices, tracearr_group group, const char *why,
                             uint64_t now_ns)
{
    char stripped[TRACEARR_NOTICE_BYTES];
    notices_strip(stripped, why);
    pthread_mutex_lock(&notices->mutex);
    char *before = notices->told[group].why;
    uint64_t at_ns = notices->told[group].at_ns;
    bool is_new = strcmp(before, stripped) != 0;
    if (why && *before) is_new = is_new && now_ns - at_ns >= NOTICES_SILENCE_NS;
    if (is_new) {
        memcpy(before, stripped, sizeof stripped);
        if (why) notices->told[group].at_ns = now_ns;
    }
    pthread_mutex_unlock(&notices->mutex);
    return is_new;
}

static void notices_told(tracearr_listener *self, tracearr_group group, const char *why)
{
    tracearr_notices *notices = TACHO_CONTAINER(self, tracearr_notices, listener);
    if (!tracearr_notices_is_new(notices, group, why, deadline_now_ns())) return;
    if (why)
        say(notices->program, "cannot read the %s: %s", tracearr_group_names[group], why);
    else
        say(notices->program, "can read the %s again", tracearr_group_names[group]);
}

void tracearr_notices_init(tracearr_notices *notices, const char *program)
{
    memset(notices, 0, sizeof *notices);
    notices->listener.told = notices_told;
    notices->program = program;
    pthread_mutex_init(&notices->mutex, NULL);
}
