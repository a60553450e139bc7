/*
 * plugin.h - what the hosts of tests/plugin and the plugins that they load know of each other.
 */
#ifndef PLUGIN_H
#define PLUGIN_H

#include "support/kinds.h"

/** Found in a plugin under the name `plugin_door`. */
struct plugin {
    /** So many updates of the host's handles. */
    void (*count)(const struct kinds *host, uint64_t count);

    /* The rest is NULL in a plugin that has no library of its own: a registry with the same families as the host's. */
    bool (*open)(void);
    void (*count_own)(uint64_t count); /* with a label set for each of them, too */
    bool (*own_are)(uint64_t count);   /* what was counted there */
    void (*close)(void);
};

#endif
