/*
 * registry.c - making and freeing registries, and what they have to say.
 *
 * Order: [E1] error            release after the text is written, acquire in tacho_registry_error
 *        [R1] registry_ranges: release after a range's other fields, acquire in tacho__registry_of
 */
#define _GNU_SOURCE
#include <tacho/registry.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "desc.h"
#include "grace.h"
#include "plug.h"
#include "self.h"
#include "stripes.h"
#include "vec.h"

#define REGISTRY_BUDGET ((size_t)64 << 20)
#define REGISTRY_WAIT_MS 10
#define REGISTRY_TOLD_A_SECOND 10

/* Where the segments of this process are, so that misuse of a mere handle can be counted. Beyond this many registries
 * it is not. */
static struct {
    _Atomic uintptr_t base, size;
    tacho_registry *reg;
} registry_ranges[64];

static void registry_range_add(tacho_registry *reg)
{
    tacho__lists_lock();
    for (size_t i = 0; i < TACHO_COUNT(registry_ranges); i++) {
        if (tacho__load_relaxed(&registry_ranges[i].base)) continue; /* under the lists' lock */
        registry_ranges[i].reg = reg;
        tacho__store_relaxed(&registry_ranges[i].size, reg->segment.head->size);
        TACHO_EDGE(R1);
        tacho__store_release(&registry_ranges[i].base, (uintptr_t)reg->segment.head); /* [R1] */
        break;
    }
    tacho__lists_unlock();
}

static void registry_range_remove(const tacho_registry *reg)
{
    tacho__lists_lock();
    for (size_t i = 0; i < TACHO_COUNT(registry_ranges); i++)
        if (registry_ranges[i].reg == reg) {
            registry_ranges[i].reg = NULL;
            tacho__store_release(&registry_ranges[i].base, 0); /* [R1] */
        }
    tacho__lists_unlock();
}

tacho_registry *tacho__registry_of(const void *at)
{
    for (size_t i = 0; i < TACHO_COUNT(registry_ranges); i++) {
        uintptr_t base = tacho__load_acquire(&registry_ranges[i].base); /* [R1] */
        if (base && (uintptr_t)at - base < tacho__load_relaxed(&registry_ranges[i].size)) return registry_ranges[i].reg;
    }
    return NULL;
}

/* The texts take turns, so that one that was just read stays whole for a while. */
tacho_err tacho__registry_fail(tacho_registry *reg, tacho_err err, const char *format, ...)
{
    va_list args;
    if (!reg) return err;
    (void)pthread_mutex_lock(&reg->mutex); /* scrapes whose collectors fail write here at any time */
    char *text = reg->errors[reg->error_count++ % TACHO__ERRORS];
    va_start(args, format);
    (void)vsnprintf(text, TACHO__ERROR_MAX, format, args);
    va_end(args);
    TACHO_EDGE(E1);
    tacho__store_release(&reg->error, text); /* [E1] */
    (void)pthread_mutex_unlock(&reg->mutex);
    return err;
}

const char *tacho_registry_error(const tacho_registry *reg)
{
    if (!reg) return "no registry: out of memory, or the program was compiled against other headers";
    return tacho__load_acquire(&reg->error); /* [E1] */
}

/* Whether the listener may hear another one in this second. Relaxed: it only limits a rate. */
static bool registry_may_tell(tacho_registry *reg)
{
    uint64_t second = tacho__clock_ns() / 1000000000u;
    uint64_t told = tacho__load_relaxed(&reg->told_second), next;
    do {
        if (told >> 8 == second && (told & 255) >= REGISTRY_TOLD_A_SECOND) return false;
        next = told >> 8 == second ? told + 1 : second << 8 | 1;
    } while (!atomic_compare_exchange_weak_explicit(&reg->told_second, &told, next, memory_order_relaxed,
                                                    memory_order_relaxed));
    return true;
}

void tacho__registry_misuse(tacho_registry *reg, enum tacho__mishap what, const char *family, const char *rule)
{
    char words[TACHO__WHY_MAX], name[84];
    if (!reg) return;
    if (what < TACHO__MISHAPS) tacho__mishap(&reg->segment, what);
    if (!reg->listener || !reg->listener->misuse || !registry_may_tell(reg)) return;
    if (family)
        (void)snprintf(words, sizeof words, "family '%s': %s", tacho__printable(name, family), rule);
    else
        (void)snprintf(words, sizeof words, "%s", rule);
    reg->listener->misuse(reg->listener, words);
}

size_t tacho_registry_memory(const tacho_registry *reg, size_t *budget)
{
    if (budget) *budget = reg ? reg->segment.head->size : 0;
    if (!reg) return 0;
    return tacho__load_relaxed(&reg->segment.head->used) + tacho__load_relaxed(&reg->segment.boxes); /* sums */
}

static bool registry_open(tacho_registry *reg, const tacho_registry_options *options)
{
    size_t budget = options->byte_budget ? options->byte_budget : REGISTRY_BUDGET;
    bool shared = options->sharing == TACHO_PREFORK;
    (void)tacho__grace_start();
    if (!tacho__segment_open(&reg->segment, budget, shared)) return false;
    tacho__stripes_open(&reg->segment, options->cell_budget, options->cpus);
    if (reg->segment.head->size < (budget & ~(size_t)4095))
        (void)tacho__registry_fail(reg, TACHO_OK, "the byte budget of %zu bytes cannot be reserved; working with %zu bytes", budget,
                               (size_t)reg->segment.head->size);
    reg->fork_watch.guarded = shared ? NULL : &reg->segment.head->lock;
    reg->fork_watch.mutex = &reg->mutex;
    if (!tacho__fork_watch_add(&reg->fork_watch)) {
        tacho__segment_close(&reg->segment);
        return false;
    }
    registry_range_add(reg);
    return true;
}

static char *registry_copy_text(char **at, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

/* The program's constants as a copy in one block: a collector that hangs may describe a family after the registry was freed. */
static bool registry_copy_constants(tacho_registry *reg, const tacho_constant *from)
{
    size_t count = 0, text = 0;
    for (; from && from[count].name; count++)
        text += strlen(from[count].name) + 1 + (from[count].value ? strlen(from[count].value) + 1 : 0);
    if (!from) return true;
    tacho_constant *to = reg->constants = tacho__alloc((count + 1) * sizeof *to + text);
    if (!to) return false;
    char *at = (char *)(to + count + 1);
    for (size_t i = 0; i < count; i++) {
        to[i].name = registry_copy_text(&at, from[i].name);
        to[i].value = from[i].value ? registry_copy_text(&at, from[i].value) : NULL;
    }
    return true;
}

/* Whether the constants go with any family, and with those that the registry has itself. */
static bool registry_check_house(const tacho_registry *reg, const tacho_registry_options *options, char *why)
{
    if (!tacho__desc_check_house(&reg->house, why)) return false;
    for (size_t i = 0; i < tacho__self_ops.desc_count && !options->no_self_metrics; i++)
        if (!tacho__desc_check(&tacho__self_ops.descs[i], TACHO__DESC_EMITTED, &reg->house, why)) return false;
    return true;
}

/* Faulty constants leave a registry that shows nothing, and refuses every family in these words. False: out of memory. */
static bool registry_furnish(tacho_registry *reg, const tacho_registry_options *options)
{
    char why[TACHO__WHY_MAX];
    reg->house = (struct tacho__house){ options->utf8_names != 0, options->created != 0, reg->constants, NULL };
    if (!registry_check_house(reg, options, why)) {
        (void)snprintf(reg->fault, sizeof reg->fault, "constants of the registry: %s", why);
        reg->house.fault = reg->fault;
        (void)tacho__registry_fail(reg, TACHO_ERR_DESC, "%s", reg->fault);
        return true;
    }
    return options->no_self_metrics || tacho__plug_add(reg, &reg->self, TACHO__ORDER_LAST) == TACHO_OK;
}

tacho_registry *tacho_registry_new_abi(const tacho_registry_options *options, uint32_t abi)
{
    static const tacho_registry_options defaults;
    if (abi != TACHO_ABI) return NULL;
    if (!options) options = &defaults;
    tacho_registry *reg = tacho__alloc(sizeof *reg);
    if (!reg) return NULL;
    (void)pthread_mutex_init(&reg->mutex, NULL);
    reg->holds = 1;
    reg->pid = getpid();
    reg->creation_wait_ns =
        (options->creation_wait_ms ? options->creation_wait_ms : REGISTRY_WAIT_MS) * (uint64_t)1000000;
    reg->listener = options->listener;
    reg->segment.clock = options->clock;
    reg->self.ops = &tacho__self_ops;
    reg->no_self_metrics = options->no_self_metrics != 0;
    if (!registry_copy_constants(reg, options->constants) || !registry_open(reg, options)) {
        tacho__free(reg->constants);
        tacho__free(reg);
        return NULL;
    }
    if (registry_furnish(reg, options)) return reg;
    tacho_registry_free(reg);
    return NULL;
}

static void registry_destroy(tacho_registry *reg)
{
    while (reg->vecs) {
        struct tacho__vec *vec = reg->vecs;
        reg->vecs = vec->next;
        tacho__vec_free(vec);
    }
    tacho__segment_close(&reg->segment);
    (void)pthread_mutex_destroy(&reg->mutex);
    tacho__free(reg->constants);
    tacho__free(reg);
}

void tacho__registry_drop(tacho_registry *reg)
{
    (void)pthread_mutex_lock(&reg->mutex);
    bool last = --reg->holds == 0;
    (void)pthread_mutex_unlock(&reg->mutex);
    if (last) registry_destroy(reg);
}

void tacho_registry_free(tacho_registry *reg)
{
    if (!reg) return;
    while (tacho__plug_evict(reg)) {}
    registry_range_remove(reg);
    tacho__fork_watch_remove(&reg->fork_watch);
    tacho__registry_drop(reg);
}

void tacho__registry_add_waker(tacho_registry *reg, struct tacho__waker *waker)
{
    (void)pthread_mutex_lock(&reg->mutex);
    tacho__plugs_settle(reg);
    waker->next = reg->wakers;
    reg->wakers = waker;
    (void)pthread_mutex_unlock(&reg->mutex);
}

void tacho__registry_remove_waker(tacho_registry *reg, struct tacho__waker *waker)
{
    (void)pthread_mutex_lock(&reg->mutex);
    struct tacho__waker **at = &reg->wakers;
    while (*at && *at != waker) at = &(*at)->next;
    if (*at) *at = waker->next;
    (void)pthread_mutex_unlock(&reg->mutex);
}

static pthread_once_t registry_default_once = PTHREAD_ONCE_INIT;
static tacho_registry *registry_default;

static void registry_make_default(void)
{
    registry_default = tacho_registry_new(NULL);
}

tacho_registry *tacho_registry_default(void)
{
    (void)pthread_once(&registry_default_once, registry_make_default);
    return registry_default;
}
