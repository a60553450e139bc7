/*
 * playarr_census.h - what a census holds. Internal to the module.
 *
 * Nobody changes a census once it is published; who reads one holds it, and the last who lets it go frees it. The
 * module's lock guards `holds`.
 */
#ifndef PLAYARR_CENSUS_H
#define PLAYARR_CENSUS_H

#include "label_table.h"
#include "playarr_families.h"

/** The tables of a census, by their labels. */
enum {
    PLAYARR_TABLE_TITLES,   /* provider: movies, tvshows */
    PLAYARR_TABLE_EPISODES, /* source, title, season: episodes */
    PLAYARR_TABLE_CHANNELS, /* provider, category: channels */
    PLAYARR_TABLE_USERS,    /* user: movies, tvshows, channels */
    PLAYARR_TABLES
};

struct playarr_census {
    size_t holds;
    bool is_short; /* memory ran out: something is missing */
    uint64_t main_titles[PLAYARR_CATALOGUES];
    uint64_t active_users;
    label_table tables[PLAYARR_TABLES];
};

/** Emit the families of a census, which is held; without one (NULL) none has a sample. */
void playarr_census_emit(const playarr_census *census, const tacho_desc *rows, tacho_emitter *out);

#endif
