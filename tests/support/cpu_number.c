/*
 * cpu_number.c - what the C library and the system agreed on about a thread's CPU number, taken back and forth.
 */
#define _GNU_SOURCE
#include "cpu_number.h"

#include <signal.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <tacho/cpu.h>

#if TACHO_HAS_RSEQ

extern const ptrdiff_t __rseq_offset TACHO_WEAK;
extern const unsigned int __rseq_size TACHO_WEAK;

#define CPU_NUMBER_SIGNATURE 0x53053053
#define CPU_NUMBER_UNREGISTER 1
#define CPU_NUMBER_AREA 32u         /* bytes that were registered before areas could grow */
#define CPU_NUMBER_AREA_IN_AUXV 27u /* AT_RSEQ_FEATURE_SIZE */

static char *cpu_number_area(void)
{
    return (char *)__builtin_thread_pointer() + __rseq_offset;
}

static volatile uint32_t *cpu_number_word(size_t offset)
{
    return (volatile uint32_t *)(void *)(cpu_number_area() + offset);
}

uint32_t cpu_number(void)
{
    return *cpu_number_word(4);
}

uint64_t cpu_number_aborts(void)
{
    return __atomic_load_n(&tacho_rseq_aborts, __ATOMIC_RELAXED);
}

bool cpu_number_announced(void)
{
    return *cpu_number_word(8) != 0 || *cpu_number_word(12) != 0;
}

const char *cpu_number_missing(void)
{
    if (&__rseq_offset && &__rseq_size && __rseq_size != 0 && cpu_number() < CPU_NUMBER_FAILED) return NULL;
    return "this system registers no restartable sequences";
}

/* The size of the area is that of the registration, which newer C libraries choose by what the system asks for. */
static bool cpu_number_call(int flags)
{
    uint32_t larger = (uint32_t)getauxval(CPU_NUMBER_AREA_IN_AUXV);
    larger = (larger + CPU_NUMBER_AREA - 1) / CPU_NUMBER_AREA * CPU_NUMBER_AREA;
    if (syscall(SYS_rseq, cpu_number_area(), CPU_NUMBER_AREA, flags, CPU_NUMBER_SIGNATURE) == 0) return true;
    return larger > CPU_NUMBER_AREA &&
           syscall(SYS_rseq, cpu_number_area(), larger, flags, CPU_NUMBER_SIGNATURE) == 0;
}

bool cpu_number_pretend(uint32_t number)
{
    if (!cpu_number_call(CPU_NUMBER_UNREGISTER)) return false;
    cpu_number_change(number);
    return true;
}

void cpu_number_change(uint32_t number)
{
    *cpu_number_word(4) = number;
}

bool cpu_number_restore(void)
{
    *cpu_number_word(4) = CPU_NUMBER_UNINITIALISED;
    return cpu_number_call(0);
}

/* ---- One instruction at a time ---- */

#define CPU_NUMBER_TRAP_FLAG 0x100 /* of the CPU: SIGTRAP behind each instruction */

static _Thread_local volatile struct {
    bool asked, inside;
    uint64_t instructions, last;
    uint32_t number;
} stepping;

static void cpu_number_trap(int signal, siginfo_t *info, void *context)
{
    greg_t *flags = &((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL];
    (void)signal, (void)info;
    if (stepping.inside && ++stepping.instructions == stepping.last) cpu_number_change(stepping.number);
    *flags = stepping.asked ? *flags | CPU_NUMBER_TRAP_FLAG : *flags & ~(greg_t)CPU_NUMBER_TRAP_FLAG;
}

bool cpu_number_change_within(void (*body)(uint64_t arg), uint64_t arg, uint64_t n, uint32_t number)
{
    struct sigaction trap = { .sa_sigaction = cpu_number_trap, .sa_flags = SA_SIGINFO }, before;
    stepping.instructions = 0;
    stepping.last = n;
    stepping.number = number;
    stepping.asked = true;
    if (sigaction(SIGTRAP, &trap, &before) != 0) return false;
    (void)raise(SIGTRAP);
    stepping.inside = true;
    body(arg);
    stepping.inside = false;
    stepping.asked = false;
    (void)sigaction(SIGTRAP, &before, NULL);
    return stepping.instructions >= n;
}

#else

const char *cpu_number_missing(void)
{
    return "this build has no restartable sequences";
}

bool cpu_number_pretend(uint32_t number)
{
    (void)number;
    return false;
}

void cpu_number_change(uint32_t number)
{
    (void)number;
}

bool cpu_number_change_within(void (*body)(uint64_t arg), uint64_t arg, uint64_t n, uint32_t number)
{
    (void)body, (void)arg, (void)n, (void)number;
    return false;
}

bool cpu_number_restore(void)
{
    return false;
}

uint32_t cpu_number(void)
{
    return CPU_NUMBER_FAILED;
}

uint64_t cpu_number_aborts(void)
{
    return 0;
}

bool cpu_number_announced(void)
{
    return false;
}

#endif
