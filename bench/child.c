/*
 * child.c - a measurement in a process of its own: its memory is fresh, and gone afterwards.
 */
#include "bench.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int child_read(int fd, bench_value *values)
{
    size_t size = BENCH_VALUES_MAX * sizeof *values, at = 0;
    for (ssize_t got; at < size && (got = read(fd, (char *)values + at, size - at)) > 0;) at += (size_t)got;
    return (int)(at / sizeof *values);
}

int bench_run_measure(const bench_case *it, bench_value *values)
{
    int ends[2], status = 0;
    if (pipe(ends) != 0) bench_fail(it->name, "no pipe");
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) bench_fail(it->name, "cannot fork");
    if (pid == 0) {
        bench_value mine[BENCH_VALUES_MAX];
        size_t size = (size_t)it->measure(it, mine) * sizeof mine[0];
        _exit(write(ends[1], mine, size) == (ssize_t)size ? 0 : 1); /* units are literals: the same address here */
    }
    (void)close(ends[1]);
    int count = child_read(ends[0], values);
    (void)close(ends[0]);
    if (waitpid(pid, &status, 0) != pid || status != 0 || count == 0) bench_fail(it->name, "the measurement failed");
    return count;
}
