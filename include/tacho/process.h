/*
 * process.h - what every process can tell of itself, under the names that all client libraries use for it.
 *
 *   if (tacho_process_add(reg, NULL, NULL)) fprintf(stderr, "%s\n", tacho_registry_error(reg));
 *
 * plugs in a collector that shows these families:
 *
 *   process_cpu_user_seconds_total        time on a CPU, in the program (getrusage)
 *   process_cpu_system_seconds_total      and in the kernel on its behalf
 *   process_cpu_seconds_total             the sum of the two
 *   process_start_time_seconds            when it began, Unix time; see below
 *   process_resident_memory_bytes         memory that is in RAM (VmRSS)
 *   process_virtual_memory_bytes          address space in use (VmSize)
 *   process_heap_bytes                    private writable address space: heap, data and anonymous mappings (VmData)
 *   process_open_fds                      descriptors in use, one of /proc among them, which this collector holds
 *   process_max_fds                       and how many it may have (RLIMIT_NOFILE, the soft limit)
 *   process_virtual_memory_max_bytes      how much address space it may have (RLIMIT_AS, the soft limit)
 *   process_threads                       threads
 *   process_network_receive_bytes_total   bytes of IPv4 packets that came into the network namespace of the process, which
 *                                         other processes may share (IpExt InOctets)
 *   process_network_transmit_bytes_total  and that left it (OutOctets)
 *
 * A number that cannot be read is left out with its family; none is ever made up. Where there is no /proc, time on a
 * CPU and limits remain. No limit is shown as +Inf: other libraries show 18446744073709551615, which no machine has.
 *
 * /proc is opened when the collector is plugged in: it goes on after a chroot, and after setuid. A daemon that closes all
 * of its descriptors later (closefrom) does no harm as long as it can open /proc again. A forked child shows its own
 * numbers. So does a process whose first thread has ended.
 *
 * The start time is the time since then by the kernel's clock, taken off the wall clock; Linux knows it to 10 ms. The
 * first answer is kept: small steps of the wall clock do not move it, one of more than ten seconds does, because it was
 * wrong before (a machine that boots without a clock).
 *
 * Descriptors are counted by the kernel (Linux 6.2), in microseconds. On an older one each number up to the highest is
 * tried, for a tenth of a second at most: enough for several 100,000; if that is too short the count is left out. When the
 * process has no descriptor left, what needs to open a file is left out (memory, threads, start and network), but not
 * process_open_fds on Linux 6.2.
 *
 * One scrape reads three small files of /proc, in about 0.1 ms, with a buffer on the stack.
 */
#ifndef TACHO_PROCESS_H
#define TACHO_PROCESS_H

#include <tacho/registry.h>

TACHO_BEGIN_DECLS

/** NULL means default. Strings are copied. */
typedef struct tacho_process_options {
    const char *prefix;    /* put in front of each name, with nothing between: "app_" gives app_process_open_fds */
    const char *proc_root; /* "/proc"; the host's, mounted elsewhere, or a copy for tests: then everything is read from
                              its files (self/stat, self/status, self/limits, self/fd, self/net/netstat, stat) */
} tacho_process_options;

/**
 * Show the process's numbers in a registry; NULL options are the defaults. The collector is called "process", behind
 * the prefix. `out`, which may be NULL, gets it: tacho_registry_remove or tacho_registry_free ends it and frees
 * everything.
 *
 * TACHO_ERR_DESC: the prefix makes an invalid name. TACHO_ERR_DUPLICATE: a family or collector of a name is there, as
 * after a first call. TACHO_ERR_IO: the `proc_root` that was named cannot be opened. TACHO_ERR_NOMEM, TACHO_ERR_BUSY,
 * TACHO_ERR_ARG. The words are in tacho_registry_error.
 */
TACHO_PROCESS_API tacho_err tacho_process_add(tacho_registry *reg, const tacho_process_options *options,
                                              tacho_collector **out); /* [shared | O(1) | 0.1] */

TACHO_END_DECLS

#endif
