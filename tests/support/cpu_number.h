/*
 * cpu_number.h - threads that believe to run on whatever CPU a test names: one that this machine lacks, one that comes
 * up later, or none at all.
 *
 * The system no longer tells such a thread where it runs, and does not restart its sequences either: two threads at
 * a time must not pretend the same number, and none one that others really run on.
 */
#ifndef CPU_NUMBER_H
#define CPU_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* What a thread finds that the system does not know. */
#define CPU_NUMBER_UNINITIALISED UINT32_MAX
#define CPU_NUMBER_FAILED (UINT32_MAX - 1)

/** Why threads here do not know where they run; NULL: they do, and count in restartable sequences. */
const char *cpu_number_missing(void);

/** For a test that has nothing to try then. */
#define CPU_NUMBER_OR_SKIP()                                                   \
    do {                                                                       \
        if (!cpu_number_missing()) break;                                      \
        print_message("%s: nothing to try\n", cpu_number_missing());           \
        skip();                                                                \
    } while (0)

/** Let this thread believe it. False: the system did not let go of the thread. */
bool cpu_number_pretend(uint32_t number);

/** Another number, for a thread that pretends one. */
void cpu_number_change(uint32_t number);

/** The same behind the n-th instruction of `body`, n from 1. False: it has fewer; or this system does not tell. */
bool cpu_number_change_within(void (*body)(uint64_t arg), uint64_t arg, uint64_t n, uint32_t number);

/** Back to the truth. */
bool cpu_number_restore(void);

/** The number that this thread believes; for threads where it is not missing. */
uint32_t cpu_number(void);

/** How often a sequence of this process began again; 0 where there are none. */
uint64_t cpu_number_aborts(void);

/** Whether a sequence of this thread is still announced to the system; for threads where it is not missing. */
bool cpu_number_announced(void);

#endif
