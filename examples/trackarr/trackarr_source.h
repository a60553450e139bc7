/*
 * trackarr_source.h - where the numbers of a Trackarr site come from: an interface, and how it is answered.
 *
 * A source is asked for one group of families at a time. The families of a group read the same tables and have to
 * agree, so a source reads them all at one moment; groups know nothing of each other, and each may take its time, or
 * fail, alone. The peers are not numbers of a source: it walks over them, and the swarm counts.
 *
 * There are two: PostgreSQL with Redis (trackarr_servers.h), and a site in memory (trackarr_site.h).
 */
#ifndef TRACKARR_SOURCE_H
#define TRACKARR_SOURCE_H

#include <tacho/tacho.h>

#include "trackarr_number.h"
#include "trackarr_swarm.h"

/** The families, group by group; called as what they show. */
typedef enum trackarr_family {
    /* users */
    TRACKARR_USERS_TOTAL = 0, TRACKARR_USERS_BY_ROLE, TRACKARR_USERS_BANNED_TOTAL,
    TRACKARR_USERS_BANNED_EXPIRING_TOTAL, TRACKARR_USERS_BANNED_EXPIRED_PENDING_TOTAL,
    TRACKARR_USERS_TOTP_ENABLED_TOTAL,
    /* moderation */
    TRACKARR_TORRENT_MODERATION_MESSAGES_TOTAL,
    /* torrents */
    TRACKARR_TORRENTS_TOTAL, TRACKARR_TORRENTS_BYTES_TOTAL, TRACKARR_TORRENTS_BY_STATUS,
    TRACKARR_TORRENTS_WITH_SIGNATURE_TOTAL,
    /* forum */
    TRACKARR_FORUM_TOPICS_TOTAL, TRACKARR_FORUM_POSTS_TOTAL,
    /* comments */
    TRACKARR_TORRENT_COMMENTS_TOTAL,
    /* roles */
    TRACKARR_ROLES_TOTAL,
    /* role_assignments */
    TRACKARR_USER_ROLE_ASSIGNMENTS_TOTAL,
    /* passkeys */
    TRACKARR_PASSKEYS_TOTAL, TRACKARR_USERS_WITH_PASSKEY_TOTAL,
    /* recovery_codes */
    TRACKARR_RECOVERY_CODES_UNUSED_TOTAL,
    /* trusted_devices */
    TRACKARR_TRUSTED_DEVICES_ACTIVE_TOTAL,
    /* settings */
    TRACKARR_REQUIRE_2FA_SCOPE, TRACKARR_REGISTRATION_STATE,
    /* invitations */
    TRACKARR_INVITATIONS_PENDING_TOTAL, TRACKARR_INVITATIONS_BY_STATUS,
    /* bonus */
    TRACKARR_BONUS_EVENTS_BY_STATUS, TRACKARR_BONUS_EVENT_ACTIVE,
    TRACKARR_BONUS_ACTIVE_DOWNLOAD_MULTIPLIER, TRACKARR_BONUS_ACTIVE_UPLOAD_MULTIPLIER,
    TRACKARR_BONUS_EVENT_ACTIVE_ENDS_AT_SECONDS,
    /* reports */
    TRACKARR_REPORTS_PENDING_TOTAL,
    /* hnr */
    TRACKARR_HNR_ACTIVE_TOTAL,
    /* banned_ips */
    TRACKARR_BANNED_IPS_TOTAL,
    /* anticheat */
    TRACKARR_ANTICHEAT_FLAGS_BY_KIND, TRACKARR_ANTICHEAT_FLAGS_UNREVIEWED_TOTAL,
    /* favorites */
    TRACKARR_TORRENT_FAVORITES_TOTAL,
    /* follows */
    TRACKARR_USER_FOLLOWS_TOTAL,
    /* requests */
    TRACKARR_UPLOAD_REQUESTS_BY_STATUS, TRACKARR_UPLOAD_REQUESTS_REWARD_HELD_TOTAL,
    /* fill_attempts */
    TRACKARR_UPLOAD_REQUEST_FILL_ATTEMPTS_BY_STATUS,
    /* request_comments */
    TRACKARR_UPLOAD_REQUEST_COMMENTS_TOTAL,
    /* notifications */
    TRACKARR_NOTIFICATION_ROUTING_SUBSCRIBERS,
    /* shop_items */
    TRACKARR_SHOP_ITEMS_BY_STATUS,
    /* shop_purchases */
    TRACKARR_SHOP_PURCHASES_TOTAL,
    /* pool_config */
    TRACKARR_FREELEECH_POOL_ENABLED,
    /* pool */
    TRACKARR_FREELEECH_POOL_POINTS_CURRENT, TRACKARR_FREELEECH_POOL_POINTS_TARGET,
    TRACKARR_FREELEECH_POOL_PROGRESS_RATIO, TRACKARR_FREELEECH_POOL_STATE,
    TRACKARR_FREELEECH_POOL_CONTRIBUTORS_TOTAL, TRACKARR_FREELEECH_POOL_CYCLES_COMPLETED_TOTAL,
    /* database */
    TRACKARR_DATABASE_SIZE_BYTES,
    /* memory, of Redis */
    TRACKARR_REDIS_MEMORY_BYTES,
    /* swarm, one walk over the peers */
    TRACKARR_PEERS_TOTAL, TRACKARR_SEEDERS_TOTAL, TRACKARR_LEECHERS_TOTAL,
    TRACKARR_DOCUMENTED,
    TRACKARR_EXPORTER_PEERS_SKIPPED = TRACKARR_DOCUMENTED, /* of the swarm as well, and the exporter's own */
    TRACKARR_FAMILIES
} trackarr_family;

/** What fails alone is a query: one for each family, less those of the swarm, which have one together. */
enum { TRACKARR_WALK = TRACKARR_PEERS_TOTAL, TRACKARR_QUERIES };

/** A collector each. A table that somebody has locked takes no more families with it than have to read it. */
typedef enum trackarr_group {
    TRACKARR_GROUP_USERS = 0, TRACKARR_GROUP_MODERATION, TRACKARR_GROUP_TORRENTS, TRACKARR_GROUP_FORUM,
    TRACKARR_GROUP_COMMENTS, TRACKARR_GROUP_ROLES, TRACKARR_GROUP_ROLE_ASSIGNMENTS,
    TRACKARR_GROUP_PASSKEYS, TRACKARR_GROUP_RECOVERY_CODES, TRACKARR_GROUP_TRUSTED_DEVICES,
    TRACKARR_GROUP_SETTINGS, TRACKARR_GROUP_INVITATIONS, TRACKARR_GROUP_BONUS, TRACKARR_GROUP_REPORTS,
    TRACKARR_GROUP_HNR, TRACKARR_GROUP_BANNED_IPS, TRACKARR_GROUP_ANTICHEAT, TRACKARR_GROUP_FAVORITES,
    TRACKARR_GROUP_FOLLOWS, TRACKARR_GROUP_REQUESTS, TRACKARR_GROUP_FILL_ATTEMPTS,
    TRACKARR_GROUP_REQUEST_COMMENTS, TRACKARR_GROUP_NOTIFICATIONS, TRACKARR_GROUP_SHOP_ITEMS,
    TRACKARR_GROUP_SHOP_PURCHASES, TRACKARR_GROUP_POOL_CONFIG, TRACKARR_GROUP_POOL,
    TRACKARR_GROUP_DATABASE, TRACKARR_GROUP_MEMORY, TRACKARR_GROUP_SWARM,
    TRACKARR_GROUPS
} trackarr_group;

typedef struct trackarr_group_row {
    const char *name; /* of the collector */
    trackarr_family first;
    size_t count;
} trackarr_group_row;

extern const trackarr_group_row trackarr_groups[TRACKARR_GROUPS];

/* ---- Answers --------------------------------------------------------------------------------------------------- */

/** Why there is no answer: the query cannot be answered like this (a column is missing), not now, or not in time (a lock). */
typedef enum trackarr_failure {
    TRACKARR_ANSWERED = 0, TRACKARR_WRONG, TRACKARR_OUTAGE, TRACKARR_LATE
} trackarr_failure;

enum { TRACKARR_MAX_VALUES = 11, TRACKARR_WHY_BYTES = 256 };

/** The answer to the query of one family: a number, or one for each value of its label. */
typedef struct trackarr_answer {
    const tacho_desc *desc;
    uint32_t given; /* a bit for each number that has come */
    trackarr_number numbers[TRACKARR_MAX_VALUES];
    trackarr_failure failure;
    char why[TRACKARR_WHY_BYTES]; /* the first cause in words */
} trackarr_answer;

/** An answer without numbers, to the query of a family. */
void trackarr_answer_init(trackarr_answer *answer, const tacho_desc *desc);

/**
 * A number; `label` is the label's value, NULL for a family without label. A value that the family does not have, or
 * one that has come already, makes the answer wrong.
 */
void trackarr_answer_put(trackarr_answer *answer, const char *label, trackarr_number number);

/** There is no answer. Only the first cause is kept. */
void trackarr_answer_fail(trackarr_answer *answer, trackarr_failure failure, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** No more numbers come: what is missing makes the answer wrong. Returns whether it is whole. */
bool trackarr_answer_end(trackarr_answer *answer);

/* ---- Sources --------------------------------------------------------------------------------------------------- */

/** Embed it and find your object with TACHO_CONTAINER. */
typedef struct trackarr_source {
    const struct trackarr_source_ops *ops;
} trackarr_source;

/** Each is called by several threads at a time, but never for the same group, and has returned by the deadline. */
typedef struct trackarr_source_ops {
    /**
     * Answer the queries of a group as they were at one moment: put their numbers, or fail them. `answers` are in the
     * order of trackarr_family. Not for the swarm.
     */
    void (*read)(trackarr_source *self, trackarr_group group, trackarr_answer *answers, uint64_t deadline_ns);
    /**
     * Add every announce to the swarm. False: not all of them; `answer`, which takes no numbers, has been failed.
     */
    bool (*walk)(trackarr_source *self, trackarr_swarm *swarm, trackarr_answer *answer, uint64_t deadline_ns);
    /** Whether it can answer for a group at all; one it cannot has no collector. NULL: for each. */
    bool (*offers)(trackarr_source *self, trackarr_group group);
    /** Unix time in milliseconds, by which the announces are dated. NULL: that of the system. */
    double (*now_ms)(trackarr_source *self);
    /** Nobody asks any more; called once, from any thread. NULL: nothing to do. */
    void (*close)(trackarr_source *self);
} trackarr_source_ops;

#endif
