/*
 * exemplify.c - recording exemplars beside the updates they are examples of.
 */
#include <tacho/exemplar.h>

#include "annex.h"
#include "clock.h"
#include "observe.h"
#include "registry_internal.h"

/* Keep an exemplar in its slot, and in a gallery unless that is NULL. What becomes of it changes no count. */
static void exemplify(const void *handle, void *slot, struct tacho__gallery *gallery, const tacho_exemplar *exemplar,
                      double value)
{
    struct tacho__exemplar made;
    tacho_registry *reg = tacho__registry_of(handle);
    if (!reg) return;
    if (!slot) {
        tacho__registry_misuse(reg, TACHO__EXEMPLAR_UNASKED, NULL, "an exemplar for a family without TACHO_EXEMPLARS");
    } else if (!tacho__exemplar_make(&made, exemplar, value, tacho__clock_unix_ms(reg->segment.clock))) {
        tacho__registry_misuse(reg, TACHO__EXEMPLAR_FAULTY, NULL,
                               "an exemplar has faulty names or values, or more than 128 characters");
    } else {
        uint64_t now_ns = tacho__clock_ns();
        bool kept = tacho__exemplar_store(slot, &made, now_ns);
        if (gallery && !tacho__gallery_store(gallery, &made, now_ns)) kept = false;
        if (!kept) tacho__mishap(&reg->segment, TACHO__EXEMPLAR_BUSY);
    }
}

/* The only slot of a counter; its handle may be a plain cell. */
static void *exemplify_slot(const tacho_counter *counter)
{
    uintptr_t bits = (uintptr_t)counter;
    if ((bits & TACHO_HANDLE_BITS) == 0) return NULL;
    return tacho__annex_exemplar(tacho__annex_of((const struct tacho_head *)(bits & ~(uintptr_t)TACHO_HANDLE_BITS)), 0);
}

void tacho_counter_add_exemplar(tacho_counter *counter, uint64_t n, tacho_exemplar exemplar)
{
    tacho_counter_add(counter, n);
    if (counter) exemplify(counter, exemplify_slot(counter), NULL, &exemplar, (double)n);
}

void tacho_counter_add_real_exemplar(tacho_counter *counter, double amount, tacho_exemplar exemplar)
{
    bool real = ((uintptr_t)counter & TACHO_HANDLE_DOUBLE) != 0;
    tacho_counter_add_real(counter, amount);
    if (real && amount >= 0 && amount <= 1.7976931348623157e308) /* else nothing was counted */
        exemplify(counter, exemplify_slot(counter), NULL, &exemplar, amount);
}

void tacho_histogram_observe_exemplar(tacho_histogram *histogram, double value, tacho_exemplar exemplar)
{
    const struct tacho_head *head = (const struct tacho_head *)(const void *)histogram;
    tacho_histogram_observe(histogram, value);
    if (!head || value != value) return;
    const struct tacho__annex *annex = tacho__annex_of(head);
    exemplify(head, tacho__annex_exemplar(annex, tacho__bucket_of_value(head, value)), tacho__annex_gallery(annex),
              &exemplar, value);
}
