/*
 * procfs.h - the files of /proc that tell something of one process: read line by line, taken apart strictly.
 *
 * A number is there when its line is whole and says it in the kernel's own form; anything else leaves it out. Nothing here
 * allocates.
 */
#ifndef TACHO_PROCFS_H
#define TACHO_PROCFS_H

#include "internal.h"

enum tacho__procfs_number {
    TACHO__PROC_USER_TICKS, /* PID/stat, fields 14, 15 and 22: all of them or none */
    TACHO__PROC_SYSTEM_TICKS,
    TACHO__PROC_START_TICKS,
    TACHO__PROC_VIRTUAL, /* PID/status; memory in bytes */
    TACHO__PROC_RESIDENT,
    TACHO__PROC_HEAP,
    TACHO__PROC_THREADS,
    TACHO__PROC_FD_TABLE, /* no descriptor is above it */
    TACHO__PROC_MAX_FDS, /* PID/limits; UINT64_MAX: no limit */
    TACHO__PROC_MAX_VIRTUAL,
    TACHO__PROC_RECEIVED, /* PID/net/netstat: both or none */
    TACHO__PROC_SENT,
    TACHO__PROC_BOOT, /* stat: the Unix time of the boot in seconds */
    TACHO__PROC_NUMBERS
};

enum tacho__procfs_file {
    TACHO__PROCFS_STAT,
    TACHO__PROCFS_STATUS,
    TACHO__PROCFS_LIMITS,
    TACHO__PROCFS_NETSTAT,
    TACHO__PROCFS_BOOT
};

/* What was read so far; all zero at first. */
struct tacho__procfs {
    uint64_t numbers[TACHO__PROC_NUMBERS];
    uint32_t there;            /* a bit for each of them */
    uint32_t columns, at[2];   /* netstat: columns of the names before, and where the two are that count; columns 0: none */
};

static inline bool tacho__procfs_has(const struct tacho__procfs *proc, enum tacho__procfs_number which)
{
    return proc->there >> which & 1;
}

/** Take from one line, without its LF, what it tells. Of two lines that tell the same the first one counts. */
TACHO_INTERNAL void tacho__procfs_line(struct tacho__procfs *proc, enum tacho__procfs_file file, const char *line,
                                       size_t len);

/** Read a file below the directory `root`, at most 8 MiB of it. One that cannot be read tells nothing. */
TACHO_INTERNAL void tacho__procfs_read(struct tacho__procfs *proc, enum tacho__procfs_file file, int root,
                                       const char *path);

/** How many descriptors the kernel says are in the directory `path` below `root`; false: it does not (Linux 6.2 and later do). */
TACHO_INTERNAL bool tacho__procfs_count_fds(int root, const char *path, uint64_t *count);

/** How many the directory lists. False: there are none, or they cannot be listed within a tenth of a second. */
TACHO_INTERNAL bool tacho__procfs_list_fds(int root, const char *path, uint64_t *count);

/** How many of the numbers below `table` are descriptors of this process. False: not told within a tenth of a second. */
TACHO_INTERNAL bool tacho__procfs_probe_fds(uint64_t table, uint64_t *count);

#endif
