/*
 * filter.c - names that a scrape is limited to.
 */
#include "filter.h"

#include <string.h>

#include "alloc.h"

bool tacho__filter_copy(struct tacho__filter *filter, const char *const *names, size_t count)
{
    if (count == 0) return true;
    filter->names = tacho__alloc(count * sizeof *filter->names);
    for (size_t i = 0; filter->names && i < count; i++) {
        const char *name = names[i] ? names[i] : "";
        size_t size = strlen(name) + 1;
        filter->names[i] = tacho__alloc(size);
        if (!filter->names[i]) return false;
        memcpy(filter->names[i], name, size);
        filter->count = i + 1;
    }
    return filter->names != NULL;
}

void tacho__filter_free(struct tacho__filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) tacho__free(filter->names[i]);
    tacho__free(filter->names);
}

bool tacho__filter_shows(const struct tacho__filter *filter, const struct tacho__meta *meta)
{
    bool shows = filter->count == 0, lets = filter->view.count == 0;
    for (size_t i = 0; i < filter->view.count && !lets; i++) lets = tacho__meta_is_called(meta, filter->view.names[i]);
    for (size_t i = 0; i < filter->count && !shows; i++) shows = tacho__meta_is_called(meta, filter->names[i]);
    return lets && shows;
}
