/*
 * stripes.c - laying out the stripes, and handing out cells.
 */
#define _GNU_SOURCE
#include "stripes.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STRIPES_CELL_BUDGET ((size_t)64 << 10)
#define STRIPES_FIRST_CELL 64u /* behind the byte that says "touched", in a cache line of its own */
#define STRIPES_PAGE 4096u
#define STRIPES_GROUP 64u      /* shared cells that are handed out so that neighbours lie 64 bytes apart */

#if defined(__x86_64__) && defined(__linux__) && !defined(__ILP32__)
/* glibc 2.35 and later say where they registered the thread's area; on older ones these do not exist. */
extern const ptrdiff_t __rseq_offset TACHO_WEAK;
extern const unsigned int __rseq_size TACHO_WEAK;

/* Also when this library does without the sequences (a sanitizer, TACHO_NO_RSEQ): its callers, compiled otherwise, may
 * use them. */
static bool stripes_usable(void)
{
    if (!&__rseq_offset || !&__rseq_size || __rseq_size == 0) return false;
    if (tacho_rseq_offset != __rseq_offset) tacho_rseq_offset = __rseq_offset;
    return true;
}
#else
static bool stripes_usable(void)
{
    return false;
}
#endif

/* "0-3,8-11": the highest number decides, because CPU numbers index the stripes. */
static uint32_t stripes_possible_cpus(void)
{
    char text[256];
    uint32_t highest = 0;
    int fd = open("/sys/devices/system/cpu/possible", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t len = read(fd, text, sizeof text - 1);
        (void)close(fd);
        text[len > 0 ? len : 0] = '\0';
        for (char *at = text; *at;) {
            uint32_t number = (uint32_t)strtoul(at, &at, 10);
            if (number > highest) highest = number;
            while (*at && (*at < '0' || *at > '9')) at++;
        }
    }
    long configured = sysconf(_SC_NPROCESSORS_CONF);
    uint32_t count = configured > 0 ? (uint32_t)configured : 1;
    return highest + 1 > count ? highest + 1 : count;
}

void tacho__stripes_open(struct tacho__segment *segment, size_t cell_budget, uint32_t cpus)
{
    struct tacho__segment_head *head = segment->head;
    if (!stripes_usable()) return;
    if (cpus == 0) cpus = stripes_possible_cpus();
    if (cell_budget == 0) cell_budget = STRIPES_CELL_BUDGET;
    size_t stride = cell_budget;
    if (stride > head->size / 4 / cpus) stride = head->size / 4 / cpus;
    if (stride > (size_t)1 << 30) stride = (size_t)1 << 30;
    stride &= ~(size_t)(STRIPES_PAGE - 1);
    if (stride == 0) return;
    uint64_t used = tacho__load_relaxed(&head->used); /* nobody else has the segment yet */
    uint64_t base = (used + STRIPES_PAGE - 1) & ~(uint64_t)(STRIPES_PAGE - 1);
    if (base + stride * cpus > head->size) return;
    tacho__store_relaxed(&head->used, base + stride * cpus);
    head->stripes = (tacho__ref)(base / TACHO__UNIT);
    head->stride = (uint32_t)stride;
    head->cpus = cpus;
    head->cells_used = STRIPES_FIRST_CELL;
}

uint32_t tacho__stripes_take(struct tacho__segment *segment, uint32_t count)
{
    struct tacho__segment_head *head = segment->head;
    uint32_t size = count * (uint32_t)sizeof(uint64_t);
    if (!head->stripes || size > head->stride - head->cells_used) return 0;
    uint32_t at = head->cells_used;
    head->cells_used += size;
    return at;
}

tacho__ref tacho__shared_take(struct tacho__segment *segment)
{
    struct tacho__segment_head *head = segment->head;
    if (!head->shared_group || head->shared_used >= STRIPES_GROUP) {
        tacho__ref group = tacho__segment_take(segment, STRIPES_GROUP * sizeof(uint64_t));
        if (!group) return 0;
        atomic_signal_fence(memory_order_seq_cst); /* whoever dies here leaves a full group, not one used twice */
        head->shared_group = group;
        atomic_signal_fence(memory_order_seq_cst);
        head->shared_used = 0;
    }
    uint32_t k = head->shared_used++;
    return head->shared_group + k % 8 * 8 + k / 8;
}
