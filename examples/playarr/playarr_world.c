#define _POSIX_C_SOURCE 200809L
#include "playarr_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* User names come again after so many, so that a demo can run for months. */
#define WORLD_NAMES 60

static const char *const world_providers[PLAYARR_WORLD_PROVIDERS] = { "north-iptv", "southstream",
                                                                      "tv club \"4\"", "\xc5\x9bwiat-tv" };

/* Titles and categories are called whatever the providers like. */
static const char *const world_shows[PLAYARR_WORLD_SHOWS] = {
    "Slow Rivers",
    "She said \"hello\"",
    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe6\x98\xa0\xe7\x94\xbb",
    "C:\\new\\table",
    "The Lighthouse Keepers (2021)",
    "first line\nsecond line",
    "a{b=\"c\"} 1",
    "\xf0\x9f\x8e\xac \xe2\x80\x93 clips",
    "<b>Bold</b> & Co.",
    "50% \\ \"half\"",
    "caf\xe9 (Latin-1)", /* not UTF-8: shown with U+FFFD */
    "Garden Hour",
};
static const char *const world_categories[PLAYARR_WORLD_CATEGORIES] = {
    "News",        "Sports", "Music | HD",  "Kids", "\xd0\x9a\xd0\xb8\xd0\xbd\xd0\xbe",
    "Documentary", "",       "Local \"A\"",
};

/* ---- Who is there ------------------------------------------------------------------------------------------------ */

void playarr_world_init(playarr_world *w, playarr *p, demo_random *random)
{
    memset(w, 0, sizeof *w);
    w->p = p;
    w->missing_category = 3;
    pthread_mutex_init(&w->mutex, NULL);
    for (size_t i = 0; i < PLAYARR_WORLD_PROVIDERS; i++)
        w->providers[i] = (playarr_world_provider){ .id = world_providers[i],
                                                    .is_there = true,
                                                    .movies = 900 + demo_random_below(random, 4000),
                                                    .tvshows = 200 + demo_random_below(random, 600) };
    for (size_t i = 0; i < PLAYARR_WORLD_USERS / 2; i++) playarr_world_add_user(w, random);
}

void playarr_world_fini(playarr_world *w) { pthread_mutex_destroy(&w->mutex); }

playarr_world_provider *playarr_world_provider_at(playarr_world *w, demo_random *random, double now)
{
    playarr_world_provider *able[PLAYARR_WORLD_PROVIDERS];
    size_t count = 0;
    for (size_t i = 0; i < PLAYARR_WORLD_PROVIDERS; i++)
        if (w->providers[i].is_there && w->providers[i].down_until <= now) able[count++] = &w->providers[i];
    return count > 0 ? able[demo_random_below(random, count)] : NULL;
}

playarr_world_user *playarr_world_user_at(playarr_world *w, demo_random *random)
{
    size_t at = demo_random_below(random, PLAYARR_WORLD_USERS);
    while (!*w->users[at].name) at = (at + 1) % PLAYARR_WORLD_USERS;
    return &w->users[at];
}

void playarr_world_add_user(playarr_world *w, demo_random *random)
{
    size_t at = 0;
    while (at < PLAYARR_WORLD_USERS && *w->users[at].name) at++;
    if (at == PLAYARR_WORLD_USERS) return;
    playarr_world_user *user = &w->users[at];
    *user = (playarr_world_user){ .has_api_key = at == 0 || !demo_random_one_in(random, 4),
                                  .movies = demo_random_below(random, 30),
                                  .tvshows = demo_random_below(random, 12),
                                  .channels = demo_random_below(random, 40) };
    (void)snprintf(user->name, sizeof user->name, "user-%" PRIu64, w->last_user++ % WORLD_NAMES + 1);
}

void playarr_world_remove_user(playarr_world *w, demo_random *random)
{
    size_t count = 0;
    for (size_t i = 0; i < PLAYARR_WORLD_USERS; i++) count += *w->users[i].name != '\0';
    if (count <= PLAYARR_WORLD_KEPT) return;
    playarr_world_user *user = playarr_world_user_at(w, random);
    playarr_user_removed(w->p, user->name);
    *user->name = '\0';
}

void playarr_world_remove_provider(playarr_world *w, playarr_world_provider *provider)
{
    if (!provider->is_there || provider - w->providers < PLAYARR_WORLD_KEPT) return;
    provider->is_there = false;
    playarr_provider_removed(w->p, provider->id);
}

/* ---- Counting ---------------------------------------------------------------------------------------------------- */

/* Merged, the same title of several providers is one: a third of what the smaller catalogues have is new. */
static void world_count_titles(const playarr_world *w, playarr_census *census)
{
    uint64_t movies = 0, tvshows = 0, most_movies = 0, most_tvshows = 0;
    for (size_t i = 0; i < PLAYARR_WORLD_PROVIDERS; i++) {
        const playarr_world_provider *provider = &w->providers[i];
        if (!provider->is_there) continue;
        playarr_census_provider_titles(census, provider->id, PLAYARR_MOVIES, provider->movies);
        playarr_census_provider_titles(census, provider->id, PLAYARR_TVSHOWS, provider->tvshows);
        movies += provider->movies;
        tvshows += provider->tvshows;
        if (provider->movies > most_movies) most_movies = provider->movies;
        if (provider->tvshows > most_tvshows) most_tvshows = provider->tvshows;
    }
    playarr_census_main_titles(census, PLAYARR_MOVIES, most_movies + (movies - most_movies) / 3);
    playarr_census_main_titles(census, PLAYARR_TVSHOWS, most_tvshows + (tvshows - most_tvshows) / 3);
}

/* Of each show a provider has nothing, or every season so far; new episodes come month by month. */
static void world_count_episodes(const playarr_world *w, playarr_census *census, size_t provider)
{
    for (size_t show = 0; show < PLAYARR_WORLD_SHOWS; show++) {
        if ((show * 7 + provider * 3) % 5 == 0) continue;
        uint64_t seasons = 1 + (show * 5 + w->months / 40) % 4;
        for (uint64_t season = 1; season <= seasons; season++) {
            uint64_t whole = 6 + (show + season * 3) % 9;
            uint64_t so_far = season < seasons ? whole : 1 + (w->months + show) % whole;
            playarr_census_episodes(census, w->providers[provider].id, world_shows[show], season, so_far);
        }
    }
}

static void world_count_channels(const playarr_world *w, playarr_census *census, size_t provider)
{
    for (size_t category = 0; category < PLAYARR_WORLD_CATEGORIES; category++)
        if (category != w->missing_category && (provider + category) % 3 != 0)
            playarr_census_channels(census, w->providers[provider].id, world_categories[category],
                                    4 + (provider * 31 + category * 17) % 60);
}

playarr_census *playarr_world_count(const playarr_world *w)
{
    playarr_census *census = playarr_census_new();
    if (!census) return NULL;
    world_count_titles(w, census);
    for (size_t i = 0; i < PLAYARR_WORLD_PROVIDERS; i++) {
        if (!w->providers[i].is_there) continue;
        world_count_episodes(w, census, i);
        world_count_channels(w, census, i);
    }
    for (size_t i = 0; i < PLAYARR_WORLD_USERS; i++) {
        const playarr_world_user *user = &w->users[i];
        if (*user->name)
            playarr_census_user(census, &(playarr_user){ .name = user->name,
                                                         .has_api_key = user->has_api_key,
                                                         .movies = user->movies,
                                                         .tvshows = user->tvshows,
                                                         .channels = user->channels });
    }
    return census;
}
