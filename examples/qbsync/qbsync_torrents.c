#define _POSIX_C_SOURCE 200809L
#include "qbsync_torrents.h"

#include <stdlib.h>
#include <string.h>

/* Two hashes must stay two label sets whatever is in them, so only what no library would have to repair is one. */
static bool torrents_is_hash(const char *text)
{
    size_t len = strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return len >= 1 && len <= QBSYNC_MAX_HASH && text[len] == '\0';
}

static uint64_t torrents_key(const char *hash)
{
    uint64_t key = 0xcbf29ce484222325u; /* FNV-1a */
    for (; *hash; hash++) key = (key ^ (unsigned char)*hash) * 0x100000001b3u;
    return key;
}

void qbsync_torrents_fini(qbsync_torrents *torrents)
{
    for (size_t i = 0; i < torrents->count; i++) free(torrents->all[i].name);
    free(torrents->all);
    *torrents = (qbsync_torrents){ 0 };
}

qbsync_torrent *qbsync_torrents_find(const qbsync_torrents *torrents, const char *hash)
{
    uint64_t key = torrents_key(hash);
    for (size_t i = 0; i < torrents->count; i++)
        if (torrents->all[i].key == key && strcmp(torrents->all[i].hash, hash) == 0) return &torrents->all[i];
    return NULL;
}

static bool torrents_make_room(qbsync_torrents *torrents)
{
    if (torrents->count < torrents->cap) return true;
    if (torrents->count == QBSYNC_MAX_TORRENTS) return false;
    size_t cap = torrents->cap ? torrents->cap * 2 : 16;
    qbsync_torrent *all = realloc(torrents->all, cap * sizeof *all);
    if (!all) return false;
    torrents->all = all;
    torrents->cap = cap;
    return true;
}

bool qbsync_torrents_add(qbsync_torrents *torrents, const char *hash, const char *name, double since)
{
    if (!torrents_is_hash(hash)) return false;
    if (qbsync_torrents_find(torrents, hash)) return true;
    char *copy = torrents_make_room(torrents) ? strdup(name) : NULL;
    if (!copy) return false;
    qbsync_torrent *torrent = &torrents->all[torrents->count++];
    *torrent = (qbsync_torrent){ .key = torrents_key(hash), .name = copy, .since = since };
    memcpy(torrent->hash, hash, strlen(hash) + 1);
    return true;
}

bool qbsync_torrents_remove(qbsync_torrents *torrents, const char *hash)
{
    qbsync_torrent *torrent = qbsync_torrents_find(torrents, hash);
    if (!torrent) return false;
    free(torrent->name);
    *torrent = torrents->all[--torrents->count];
    return true;
}
