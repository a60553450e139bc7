/*
 * process.c - the process collector: numbers from system calls where they tell them finer or cheaper, else from /proc.
 *
 * /proc itself is held, not /proc/self: that would remain the directory of the process that opened it, after a fork
 * too, while the link "self" leads each time to whoever follows it, and inside the directory at hand, so that a chroot
 * changes nothing. The descriptor is known by its device and inode: when somebody closed it and another file has its
 * number now, that one is left alone.
 *
 * "self" is the first thread. Once that has ended its memory and descriptors are gone from /proc; those of the thread
 * that reads are the same.
 *
 * Runs are serialised, as those of every collector.
 */
#define _GNU_SOURCE
#include <tacho/process.h>

#include <fcntl.h>
#include <math.h> /* INFINITY; no function of it */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "desc.h"
#include "procfs.h"
#include "registry_internal.h"

#define PROCESS_ROOT "/proc"
#define PROCESS_START_MAX 253402300799.0 /* the last second of the year 9999 */
#define PROCESS_START_STEP 10            /* seconds that the wall clock may be moved by */
#define PROCESS_PATH_MAX 64

enum process_family {
    PROCESS_CPU_USER,
    PROCESS_CPU_SYSTEM,
    PROCESS_CPU,
    PROCESS_START,
    PROCESS_RESIDENT,
    PROCESS_VIRTUAL,
    PROCESS_HEAP,
    PROCESS_OPEN_FDS,
    PROCESS_MAX_FDS,
    PROCESS_MAX_VIRTUAL,
    PROCESS_THREADS,
    PROCESS_RECEIVED,
    PROCESS_SENT,
    PROCESS_FAMILIES
};

static const tacho_desc process_descs[PROCESS_FAMILIES] = {
    [PROCESS_CPU_USER] = { .type = TACHO_COUNTER, .name = "process_cpu_user_seconds_total", .unit = "seconds",
                           .flags = TACHO_UNUSUAL_NAME,
                           .help = "Time that the process spent on a CPU, in the program." },
    [PROCESS_CPU_SYSTEM] = { .type = TACHO_COUNTER, .name = "process_cpu_system_seconds_total", .unit = "seconds",
                             .flags = TACHO_UNUSUAL_NAME,
                             .help = "Time that the kernel spent on a CPU for the process. If it is most of "
                                     "process_cpu_seconds_total, look for many small system calls." },
    [PROCESS_CPU] = { .type = TACHO_COUNTER, .name = "process_cpu_seconds_total", .unit = "seconds",
                      .help = "Time that the process spent on a CPU, in the program and in the kernel. A rate near the "
                              "number of CPUs means that it has no more to give." },
    [PROCESS_START] = { .type = TACHO_GAUGE, .name = "process_start_time_seconds", .unit = "seconds",
                        .help = "When the process began, Unix time. A change is a restart." },
    [PROCESS_RESIDENT] = { .type = TACHO_GAUGE, .name = "process_resident_memory_bytes", .unit = "bytes",
                           .help = "Memory of the process that is in RAM. This is what the OOM killer looks at." },
    [PROCESS_VIRTUAL] = { .type = TACHO_GAUGE, .name = "process_virtual_memory_bytes", .unit = "bytes",
                          .help = "Address space in use, most of which may never be touched." },
    [PROCESS_HEAP] = { .type = TACHO_GAUGE, .name = "process_heap_bytes", .unit = "bytes",
                       .help = "Private writable address space: heap, data and anonymous mappings." },
    [PROCESS_OPEN_FDS] = { .type = TACHO_GAUGE, .name = "process_open_fds",
                           .help = "Descriptors in use. At process_max_fds no file and no connection can be opened." },
    [PROCESS_MAX_FDS] = { .type = TACHO_GAUGE, .name = "process_max_fds",
                          .help = "Descriptors that the process may have: the soft limit. +Inf: no limit." },
    [PROCESS_MAX_VIRTUAL] = { .type = TACHO_GAUGE, .name = "process_virtual_memory_max_bytes", .unit = "bytes",
                              .help = "Address space that the process may have: the soft limit. +Inf: no limit." },
    [PROCESS_THREADS] = { .type = TACHO_GAUGE, .name = "process_threads", .help = "Threads of the process." },
    [PROCESS_RECEIVED] = { .type = TACHO_COUNTER, .name = "process_network_receive_bytes_total", .unit = "bytes",
                           .help = "Bytes of IPv4 packets that the network namespace of the process received; other "
                                   "processes may share it." },
    [PROCESS_SENT] = { .type = TACHO_COUNTER, .name = "process_network_transmit_bytes_total", .unit = "bytes",
                       .help = "Bytes of IPv4 packets that the network namespace of the process sent; other "
                               "processes may share it." },
};

struct process {
    tacho_collector collector;
    tacho_collector_ops ops;
    const char *path; /* of /proc */
    bool injected;    /* files tell everything */
    int root;         /* /proc; below 0: not open. What is behind it: */
    dev_t device;
    ino_t inode;
    uint64_t start_ticks; /* of the process that `start` is of; start 0: none yet */
    double start;
    tacho_desc descs[PROCESS_FAMILIES]; /* names behind the prefix; the texts of this and the path follow */
};

enum process_kind { PROCESS_UNKNOWN, PROCESS_WHOLE, PROCESS_REAL };

struct process_value {
    enum process_kind kind;
    uint64_t whole;
    double real;
};

static struct process_value process_whole(uint64_t number)
{
    return (struct process_value){ .kind = PROCESS_WHOLE, .whole = number };
}

static struct process_value process_real(double number)
{
    return (struct process_value){ .kind = PROCESS_REAL, .real = number };
}

/* ---- /proc -------------------------------------------------------------------------------------------------- */

static bool process_owns_root(const struct process *process)
{
    struct stat now;
    return process->root >= 0 && fstat(process->root, &now) == 0 && now.st_dev == process->device &&
           now.st_ino == process->inode;
}

/* Open /proc if it is not open; false: it is not there. */
static bool process_open_root(struct process *process)
{
    struct stat now;
    int flags = O_DIRECTORY | O_CLOEXEC;
#if defined(O_PATH)
    flags |= O_PATH;
#endif
    if (process_owns_root(process)) return true;
    process->root = open(process->path, flags);
    if (process->root >= 0 && fstat(process->root, &now) == 0) {
        process->device = now.st_dev;
        process->inode = now.st_ino;
    }
    return process->root >= 0;
}

/* The paths under which a process finds its own directory, the better one first. */
static const char *const process_selves[] = { "self", "thread-self" };

/* Read one of its files, until `which` is there. */
static void process_read(const struct process *process, enum tacho__procfs_file file, const char *name,
                         enum tacho__procfs_number which, struct tacho__procfs *proc)
{
    char path[PROCESS_PATH_MAX];
    for (size_t i = 0; i < TACHO_COUNT(process_selves) && !tacho__procfs_has(proc, which); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", process_selves[i], name);
        tacho__procfs_read(proc, file, process->root, path);
    }
}

static bool process_count_fds(const struct process *process, const struct tacho__procfs *proc, uint64_t *count)
{
    char path[PROCESS_PATH_MAX];
    for (size_t i = 0; i < TACHO_COUNT(process_selves); i++) {
        (void)snprintf(path, sizeof path, "%s/fd", process_selves[i]);
        if (tacho__procfs_count_fds(process->root, path, count)) return true;
        if (process->injected && tacho__procfs_list_fds(process->root, path, count)) return true;
    }
    return !process->injected && tacho__procfs_has(proc, TACHO__PROC_FD_TABLE) &&
           tacho__procfs_probe_fds(proc->numbers[TACHO__PROC_FD_TABLE], count);
}

/* ---- Values ------------------------------------------------------------------------------------------------- */

static void process_set_cpu(struct process_value *values, uint64_t user, uint64_t system, double per_second)
{
    values[PROCESS_CPU_USER] = process_real((double)user / per_second);
    values[PROCESS_CPU_SYSTEM] = process_real((double)system / per_second);
    if (user <= UINT64_MAX - system) values[PROCESS_CPU] = process_real((double)(user + system) / per_second);
}

static uint64_t process_microseconds(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

static struct process_value process_limit(struct rlimit limit)
{
    return limit.rlim_cur == RLIM_INFINITY ? process_real((double)INFINITY) : process_whole((uint64_t)limit.rlim_cur);
}

static void process_ask_system(struct process_value *values)
{
    struct rusage usage;
    struct rlimit limit;
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        process_set_cpu(values, process_microseconds(usage.ru_utime), process_microseconds(usage.ru_stime), 1e6);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) values[PROCESS_MAX_FDS] = process_limit(limit);
    if (getrlimit(RLIMIT_AS, &limit) == 0) values[PROCESS_MAX_VIRTUAL] = process_limit(limit);
}

/* The Unix time of the boot. The difference of the clocks tells it finer than `btime`, without the cost of that file,
 * and in a time namespace by the same clock as the ticks. */
static bool process_boot_time(const struct process *process, double *boot)
{
    struct tacho__procfs proc = { .there = 0 };
#if defined(__linux__) && defined(CLOCK_BOOTTIME)
    struct timespec wall, since;
    if (!process->injected && clock_gettime(CLOCK_REALTIME, &wall) == 0 && clock_gettime(CLOCK_BOOTTIME, &since) == 0) {
        *boot = (double)(wall.tv_sec - since.tv_sec) + (double)(wall.tv_nsec - since.tv_nsec) / 1e9;
        return true;
    }
#endif
    tacho__procfs_read(&proc, TACHO__PROCFS_BOOT, process->root, "stat");
    *boot = (double)proc.numbers[TACHO__PROC_BOOT];
    return tacho__procfs_has(&proc, TACHO__PROC_BOOT);
}

static struct process_value process_start_time(struct process *process, uint64_t ticks, double ticks_per_second)
{
    double boot, kept = process->start;
    if (!process_boot_time(process, &boot)) return (struct process_value){ .kind = PROCESS_UNKNOWN };
    double start = boot + (double)ticks / ticks_per_second;
    if (!(start > 0 && start <= PROCESS_START_MAX)) return (struct process_value){ .kind = PROCESS_UNKNOWN };
    if (kept != 0 && ticks == process->start_ticks && start - kept <= PROCESS_START_STEP &&
        kept - start <= PROCESS_START_STEP)
        return process_real(kept);
    process->start_ticks = ticks;
    process->start = start;
    return process_real(start);
}

static void process_ask_stat(struct process *process, struct process_value *values)
{
    struct tacho__procfs proc = { .there = 0 };
    long per_second = sysconf(_SC_CLK_TCK);
    process_read(process, TACHO__PROCFS_STAT, "stat", TACHO__PROC_START_TICKS, &proc);
    if (per_second <= 0 || !tacho__procfs_has(&proc, TACHO__PROC_START_TICKS)) return;
    if (process->injected)
        process_set_cpu(values, proc.numbers[TACHO__PROC_USER_TICKS], proc.numbers[TACHO__PROC_SYSTEM_TICKS],
                        (double)per_second);
    values[PROCESS_START] = process_start_time(process, proc.numbers[TACHO__PROC_START_TICKS], (double)per_second);
}

static void process_ask_files(struct process *process, struct process_value *values)
{
    static const struct {
        enum process_family family;
        enum tacho__procfs_number number;
    } from[] = {
        { PROCESS_VIRTUAL, TACHO__PROC_VIRTUAL },   { PROCESS_RESIDENT, TACHO__PROC_RESIDENT },
        { PROCESS_HEAP, TACHO__PROC_HEAP },         { PROCESS_THREADS, TACHO__PROC_THREADS },
        { PROCESS_RECEIVED, TACHO__PROC_RECEIVED }, { PROCESS_SENT, TACHO__PROC_SENT },
        { PROCESS_MAX_FDS, TACHO__PROC_MAX_FDS },   { PROCESS_MAX_VIRTUAL, TACHO__PROC_MAX_VIRTUAL },
    };
    struct tacho__procfs proc = { .there = 0 };
    process_read(process, TACHO__PROCFS_STATUS, "status", TACHO__PROC_VIRTUAL, &proc);
    process_read(process, TACHO__PROCFS_NETSTAT, "net/netstat", TACHO__PROC_RECEIVED, &proc);
    if (process->injected) process_read(process, TACHO__PROCFS_LIMITS, "limits", TACHO__PROC_MAX_FDS, &proc);
    for (size_t i = 0; i < TACHO_COUNT(from); i++) {
        if (!tacho__procfs_has(&proc, from[i].number)) continue;
        uint64_t number = proc.numbers[from[i].number];
        bool limit = from[i].family == PROCESS_MAX_FDS || from[i].family == PROCESS_MAX_VIRTUAL;
        values[from[i].family] = limit && number == UINT64_MAX ? process_real((double)INFINITY) : process_whole(number);
    }
    uint64_t fds;
    if (process_count_fds(process, &proc, &fds)) values[PROCESS_OPEN_FDS] = process_whole(fds);
}

static tacho_err process_collect(tacho_collector *self, tacho_emitter *out)
{
    struct process *process = TACHO_CONTAINER(self, struct process, collector);
    struct process_value values[PROCESS_FAMILIES] = { { .kind = PROCESS_UNKNOWN } };
    if (!process->injected) process_ask_system(values);
    if (process_open_root(process)) {
        process_ask_stat(process, values);
        process_ask_files(process, values);
    }
    for (size_t i = 0; i < PROCESS_FAMILIES; i++) {
        if (values[i].kind == PROCESS_UNKNOWN) continue;
        tacho_emit_family(out, &process->descs[i]);
        if (values[i].kind == PROCESS_WHOLE)
            tacho_emit_uint(out, TACHO_NO_LABELS, values[i].whole);
        else
            tacho_emit_double(out, TACHO_NO_LABELS, values[i].real);
    }
    return TACHO_OK;
}

/* ---- Life --------------------------------------------------------------------------------------------------- */

static void process_release(tacho_collector *self)
{
    struct process *process = TACHO_CONTAINER(self, struct process, collector);
    if (process_owns_root(process)) (void)close(process->root);
    tacho__free(process);
}

/* Append two texts; where they begin. */
static const char *process_text(char **at, const char *first, const char *second)
{
    char *from = *at;
    size_t len = strlen(first), rest = strlen(second) + 1;
    memcpy(from, first, len);
    memcpy(from + len, second, rest);
    *at = from + len + rest;
    return from;
}

static struct process *process_new(const char *prefix, const char *path)
{
    size_t size = sizeof(struct process) + strlen(path) + 1 + strlen(prefix) + sizeof "process";
    for (size_t i = 0; i < PROCESS_FAMILIES; i++) size += strlen(prefix) + strlen(process_descs[i].name) + 1;
    struct process *process = tacho__alloc(size);
    if (!process) return NULL;
    char *at = (char *)(process + 1);
    process->root = -1;
    process->path = process_text(&at, path, "");
    for (size_t i = 0; i < PROCESS_FAMILIES; i++) {
        process->descs[i] = process_descs[i];
        process->descs[i].name = process_text(&at, prefix, process_descs[i].name);
    }
    process->ops = (tacho_collector_ops){ .name = process_text(&at, prefix, "process"), .descs = process->descs,
                                          .desc_count = PROCESS_FAMILIES, .collect = process_collect,
                                          .release = process_release };
    process->collector.ops = &process->ops;
    return process;
}

tacho_err tacho_process_add(tacho_registry *reg, const tacho_process_options *options, tacho_collector **out)
{
    const char *prefix = options && options->prefix ? options->prefix : "";
    const char *path = options && options->proc_root ? options->proc_root : PROCESS_ROOT;
    char shown[84];
    if (out) *out = NULL;
    if (!reg) return TACHO_ERR_ARG;
    struct process *process = process_new(prefix, path);
    if (!process) return tacho__registry_fail(reg, TACHO_ERR_NOMEM, "process: out of memory");
    process->injected = options && options->proc_root;
    tacho_err err = TACHO_OK;
    if (!process_open_root(process) && process->injected)
        err = tacho__registry_fail(reg, TACHO_ERR_IO, "process: cannot open the directory '%s'",
                                   tacho__printable(shown, path));
    if (!err) err = tacho_registry_add(reg, &process->collector);
    if (err)
        process_release(&process->collector);
    else if (out)
        *out = &process->collector;
    return err;
}
