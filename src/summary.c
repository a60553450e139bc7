/*
 * summary.c - summaries: a histogram with one bucket, which is the count.
 */
#include <tacho/summary.h>

#include "clock.h"
#include "observe.h"
#include "remove.h"

void tacho_summary_observe(tacho_summary *summary, double value)
{
    struct tacho_head *head = (struct tacho_head *)(void *)summary;
    if (!head) return;
    if (value != value) {
        tacho__registry_misuse(tacho__registry_of(head), TACHO__DROPPED_NAN, NULL, "NaN observed by a summary");
        return;
    }
    const struct tacho__annex *annex = tacho__annex_of(head);
    if (annex) tacho__sketch_observe(tacho__annex_part(annex, annex->sketch), value, tacho__clock_coarse_ns());
    tacho__observe(head, 0, value);
}

uint64_t tacho_summary_count(tacho_summary *summary)
{
    return tacho__observed_count(summary);
}

double tacho_summary_sum(tacho_summary *summary)
{
    return tacho__observed_sum(summary);
}

tacho_summary *tacho_summary_at(tacho_summary_vec *vec, tacho_labels labels)
{
    return tacho__vec_at(vec, labels, TACHO_SUMMARY);
}

void tacho_summary_observe_at(tacho_summary_vec *vec, tacho_labels labels, double value)
{
    struct tacho__found found = tacho__vec_enter((struct tacho__vec *)(void *)vec, &labels);
    tacho_summary_observe(found.handle, value);
    tacho__vec_leave(found);
}

tacho_summary_vec *tacho_summary_bind(tacho_summary_vec *vec, tacho_labels values)
{
    return (void *)tacho__vec_bind((void *)vec, values);
}

tacho_err tacho_summary_remove(tacho_summary_vec *vec, tacho_summary *summary)
{
    return tacho__remove_handle(vec, summary);
}

tacho_err tacho_summary_remove_at(tacho_summary_vec *vec, tacho_labels labels)
{
    return tacho__remove_at(vec, labels);
}

size_t tacho_summary_remove_matching(tacho_summary_vec *vec, tacho_labels labels)
{
    return tacho__remove_matching(vec, labels);
}

tacho_err tacho_summary_clear(tacho_summary_vec *vec)
{
    return tacho__remove_all(vec);
}
