#define _POSIX_C_SOURCE 200809L
#include "deadline.h"

#include <limits.h>
#include <time.h>

uint64_t deadline_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t deadline_in_ms(uint32_t ms) { return deadline_now_ns() + (uint64_t)ms * 1000000; }

int deadline_left_ms(uint64_t deadline_ns)
{
    uint64_t now = deadline_now_ns();
    if (deadline_ns <= now) return 0;
    uint64_t left = (deadline_ns - now + 999999) / 1000000;
    return left < INT_MAX ? (int)left : INT_MAX;
}
