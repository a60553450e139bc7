/*
 * procfs.c - reading and taking apart what /proc tells (proc(5)).
 *
 * Lines longer than the buffer are passed over: those that count here are short, and stand in files whose other lines
 * may have any length (Groups: in status, intr in stat). A line without LF is the rest of a file that was cut off.
 *
 * Descriptors: Linux 6.2 and later tell their number as the size of the directory, without a descriptor of our own.
 * Before that the size is 0. To try each number costs about 0.1 us, to list the directory some microseconds for each
 * descriptor; both are given up after a while.
 */
#define _GNU_SOURCE
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "clock.h"
#include "num.h"

#if defined(__linux__)
#include <sys/syscall.h>
#include <sys/vfs.h>
#endif

#define PROCFS_LINE_MAX 4096
#define PROCFS_FILE_MAX ((size_t)8 << 20)

/* ---- Taking lines apart ------------------------------------------------------------------------------------- */

struct procfs_text {
    const char *at, *end;
};

static bool procfs_skip(struct procfs_text *text, const char *what)
{
    size_t len = strlen(what);
    if ((size_t)(text->end - text->at) < len || memcmp(text->at, what, len) != 0) return false;
    text->at += len;
    return true;
}

static bool procfs_skip_blanks(struct procfs_text *text)
{
    const char *from = text->at;
    while (text->at < text->end && (*text->at == ' ' || *text->at == '\t')) text->at++;
    return text->at > from;
}

static bool procfs_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool procfs_number(struct procfs_text *text, uint64_t *number)
{
    const char *from = text->at;
    while (text->at < text->end && procfs_is_digit(*text->at)) text->at++;
    return tacho__num_read_u64(from, (size_t)(text->at - from), number);
}

static void procfs_put(struct tacho__procfs *proc, enum tacho__procfs_number which, uint64_t number)
{
    if (tacho__procfs_has(proc, which)) return;
    proc->numbers[which] = number;
    proc->there |= 1u << which;
}

/* The name in field 2 may hold anything, parentheses too; what follows it does not, so it ends at the last one. */
static void procfs_line_stat(struct tacho__procfs *proc, struct procfs_text text)
{
    uint64_t fields[23] = { 0 }, pid;
    if (!procfs_number(&text, &pid) || !procfs_skip(&text, " (")) return;
    const char *close = text.end;
    while (close > text.at && close[-1] != ')') close--;
    if (close == text.at) return;
    text.at = close;
    if (!procfs_skip(&text, " ") || text.at == text.end) return;
    text.at++; /* the state, a letter */
    for (int i = 4; i <= 22; i++) {
        if (!procfs_skip(&text, " ")) return;
        bool negative = procfs_skip(&text, "-");
        if (!procfs_number(&text, &fields[i]) || (negative && (i == 14 || i == 15 || i == 22))) return;
    }
    if (text.at < text.end && *text.at != ' ') return;
    procfs_put(proc, TACHO__PROC_USER_TICKS, fields[14]);
    procfs_put(proc, TACHO__PROC_SYSTEM_TICKS, fields[15]);
    procfs_put(proc, TACHO__PROC_START_TICKS, fields[22]);
}

static void procfs_line_status(struct tacho__procfs *proc, struct procfs_text text)
{
    static const struct {
        const char *name, *unit;
        enum tacho__procfs_number which;
        uint64_t scale, least; /* a process that can read this has at least a thread and memory */
    } lines[] = {
        { "VmSize:", " kB", TACHO__PROC_VIRTUAL, 1024, 1 },
        { "VmRSS:", " kB", TACHO__PROC_RESIDENT, 1024, 0 },
        { "VmData:", " kB", TACHO__PROC_HEAP, 1024, 0 },
        { "Threads:", "", TACHO__PROC_THREADS, 1, 1 },
        { "FDSize:", "", TACHO__PROC_FD_TABLE, 1, 1 },
    };
    for (size_t i = 0; i < TACHO_COUNT(lines); i++) {
        uint64_t number;
        if (!procfs_skip(&text, lines[i].name)) continue;
        if (!procfs_skip_blanks(&text) || !procfs_number(&text, &number) || !procfs_skip(&text, lines[i].unit)) return;
        if (text.at == text.end && number >= lines[i].least && number <= UINT64_MAX / lines[i].scale)
            procfs_put(proc, lines[i].which, number * lines[i].scale);
        return;
    }
}

static void procfs_line_limits(struct tacho__procfs *proc, struct procfs_text text)
{
    static const struct {
        const char *name;
        enum tacho__procfs_number which;
    } lines[] = { { "Max open files", TACHO__PROC_MAX_FDS }, { "Max address space", TACHO__PROC_MAX_VIRTUAL } };
    for (size_t i = 0; i < TACHO_COUNT(lines); i++) {
        uint64_t soft = UINT64_MAX;
        if (!procfs_skip(&text, lines[i].name)) continue;
        if (!procfs_skip_blanks(&text)) return;
        if (!procfs_skip(&text, "unlimited") && !procfs_number(&text, &soft)) return;
        if (procfs_skip_blanks(&text)) procfs_put(proc, lines[i].which, soft);
        return;
    }
}

/* `IpExt:` names its columns in one line, and has their numbers in the next one. */
static void procfs_line_netstat(struct tacho__procfs *proc, struct procfs_text text)
{
    uint64_t numbers[2] = { 0 };
    uint32_t columns = 0, named = proc->columns, found = 0, at[2] = { proc->at[0], proc->at[1] };
    if (!procfs_skip(&text, "IpExt:")) return;
    proc->columns = proc->at[0] = proc->at[1] = 0;
    while (procfs_skip(&text, " ")) {
        const char *from = text.at;
        while (text.at < text.end && *text.at != ' ') text.at++;
        struct procfs_text word = { from, text.at };
        columns++;
        for (uint32_t i = 0; i < 2; i++) {
            if (named && at[i] == columns && procfs_number(&word, &numbers[i]) && word.at == word.end) found++;
            if (!named && procfs_skip(&word, i ? "OutOctets" : "InOctets") && word.at == word.end) {
                found++;
                proc->at[i] = columns;
            }
        }
    }
    if (found != 2 || text.at != text.end) return;
    if (!named) {
        proc->columns = columns;
    } else if (named == columns) {
        procfs_put(proc, TACHO__PROC_RECEIVED, numbers[0]);
        procfs_put(proc, TACHO__PROC_SENT, numbers[1]);
    }
}

static void procfs_line_boot(struct tacho__procfs *proc, struct procfs_text text)
{
    uint64_t seconds;
    if (procfs_skip(&text, "btime ") && procfs_number(&text, &seconds) && text.at == text.end)
        procfs_put(proc, TACHO__PROC_BOOT, seconds);
}

void tacho__procfs_line(struct tacho__procfs *proc, enum tacho__procfs_file file, const char *line, size_t len)
{
    static void (*const takers[])(struct tacho__procfs *, struct procfs_text) = {
        [TACHO__PROCFS_STAT] = procfs_line_stat,       [TACHO__PROCFS_STATUS] = procfs_line_status,
        [TACHO__PROCFS_LIMITS] = procfs_line_limits,   [TACHO__PROCFS_NETSTAT] = procfs_line_netstat,
        [TACHO__PROCFS_BOOT] = procfs_line_boot,
    };
    takers[file](proc, (struct procfs_text){ line, line + len });
}

/* ---- Reading ------------------------------------------------------------------------------------------------ */

static ssize_t procfs_read(int fd, char *out, size_t room)
{
    ssize_t got;
    do got = read(fd, out, room);
    while (got < 0 && errno == EINTR);
    return got;
}

void tacho__procfs_read(struct tacho__procfs *proc, enum tacho__procfs_file file, int root, const char *path)
{
    char data[PROCFS_LINE_MAX];
    size_t len = 0, total = 0;
    ssize_t got;
    bool passing = false; /* over a line that is too long */
    int fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* what is no file of /proc might block */
    if (fd < 0) return;
    while (total < PROCFS_FILE_MAX && (got = procfs_read(fd, data + len, sizeof data - len)) > 0) {
        const char *from = data, *end = data + len + got, *lf;
        for (; (lf = memchr(from, '\n', (size_t)(end - from))); from = lf + 1) {
            if (!passing) tacho__procfs_line(proc, file, from, (size_t)(lf - from));
            passing = false;
        }
        total += (size_t)got;
        len = (size_t)(end - from);
        memmove(data, from, len);
        if (len < sizeof data) continue;
        passing = true;
        len = 0;
    }
    (void)close(fd);
}

/* ---- Descriptors -------------------------------------------------------------------------------------------- */

#define PROCFS_COUNT_NS ((uint64_t)100 * 1000000u)
#define PROCFS_PROBES 4096 /* between looks at the clock */

bool tacho__procfs_probe_fds(uint64_t table, uint64_t *count)
{
    uint64_t until = tacho__clock_ns() + PROCFS_COUNT_NS;
    *count = 0;
    for (uint64_t fd = 0; fd < table && fd <= INT_MAX; fd++) {
        if (fd % PROCFS_PROBES == 0 && tacho__clock_ns() >= until) return false;
        if (fcntl((int)fd, F_GETFD) >= 0) (*count)++;
    }
    return *count > 0;
}

#if defined(__linux__)

#define PROCFS_MAGIC 0x9fa0

/* Of the kernel's struct linux_dirent64. */
enum { PROCFS_DIRENT_LEN = 16, PROCFS_DIRENT_NAME = 19 };

static bool procfs_is_proc(int fd)
{
    struct statfs fs;
    return fstatfs(fd, &fs) == 0 && fs.f_type == PROCFS_MAGIC;
}

bool tacho__procfs_count_fds(int root, const char *path, uint64_t *count)
{
    struct stat st;
    if (!procfs_is_proc(root) || fstatat(root, path, &st, 0) != 0 || st.st_size <= 0) return false;
    *count = (uint64_t)st.st_size;
    return true;
}

/* How many of these directory entries are numbers, `own` not counted. */
static uint64_t procfs_count_entries(const char *entries, size_t size, uint64_t own)
{
    uint64_t count = 0, number;
    uint16_t len;
    for (size_t at = 0; size - at > PROCFS_DIRENT_NAME; at += len) {
        memcpy(&len, entries + at + PROCFS_DIRENT_LEN, sizeof len);
        if (len <= PROCFS_DIRENT_NAME || len > size - at) break;
        const char *name = entries + at + PROCFS_DIRENT_NAME;
        size_t name_len = strnlen(name, (size_t)len - PROCFS_DIRENT_NAME);
        if (tacho__num_read_u64(name, name_len, &number) && number != own) count++;
    }
    return count;
}

bool tacho__procfs_list_fds(int root, const char *path, uint64_t *count)
{
    union {
        char entries[8192];
        uint64_t align;
    } page;
    uint64_t until = tacho__clock_ns() + PROCFS_COUNT_NS;
    long got = -1;
    int fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    uint64_t own = procfs_is_proc(fd) ? (uint64_t)fd : UINT64_MAX;
    *count = 0;
    while (tacho__clock_ns() < until && (got = syscall(SYS_getdents64, fd, page.entries, sizeof page.entries)) > 0) {
        *count += procfs_count_entries(page.entries, (size_t)got, own);
        got = -1;
    }
    (void)close(fd);
    return got == 0 && *count > 0;
}

#else

bool tacho__procfs_count_fds(int root, const char *path, uint64_t *count)
{
    (void)root, (void)path, (void)count;
    return false;
}

bool tacho__procfs_list_fds(int root, const char *path, uint64_t *count)
{
    (void)root, (void)path, (void)count;
    return false;
}

#endif
