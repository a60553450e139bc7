/*
 * push_url.h - where a push goes: the address in words, and the path that names a group.
 */
#ifndef TACHO_PUSH_URL_H
#define TACHO_PUSH_URL_H

#include <tacho/push.h>

#include "internal.h"

#define TACHO__PUSH_HOST_MAX 253 /* bytes of a name */

/** An address that was read. */
typedef struct tacho__push_url {
    char host[TACHO__PUSH_HOST_MAX + 1];                     /* without brackets; "" for the file of a socket */
    char authority[TACHO__PUSH_HOST_MAX + sizeof "[]:65535"]; /* what the Host field says */
    bool v6;                                                 /* the host stood in brackets */
    uint16_t port;
    const char *file;   /* of a Unix socket; NULL: host and port */
    const char *prefix; /* of the path, without '/' at its end; in the text that was read */
    size_t prefix_len;
} tacho__push_url;

/** Read an address. NULL, or what is wrong with it. [hot | O(len) | 0.1] */
TACHO_INTERNAL const char *tacho__push_url_read(tacho__push_url *url, const char *text);

/** Whether an address may be shown: there is no password in it, as far as one can tell. [hot | O(len) | 0.1] */
TACHO_INTERNAL bool tacho__push_url_is_public(const char *text);

/** Look through the labels of a group. NULL, or what is wrong, with the label in `label` if it is one. [hot | O(labels) | 0.1] */
TACHO_INTERNAL const char *tacho__push_group_check(const char *job, const tacho_constant *grouping, const char **label);

/**
 * Write the path of a group that was checked:
 *
 *   /prefix/metrics/job/backup/path@base64/L3Zhcg/name/%C3%A4
 *
 * A value is percent-encoded, or in base64 where servers would take it apart: without a byte, with '/', "." and "..".
 * [owner | O(labels) | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__push_path_write(tacho_sink *out, const tacho__push_url *url, const char *job,
                                                const tacho_constant *grouping);

#endif
