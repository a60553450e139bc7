/*
 * desc.h - the rules for descriptors, each with the words that tell its breaker.
 */
#ifndef TACHO__DESC_H
#define TACHO__DESC_H

#include "meta.h"

#define TACHO__WHY_MAX 400 /* bytes that a reason in words takes at most */
#define TACHO__NAME_MAX 1024
#define TACHO__HELP_MAX 16384
#define TACHO__BOUNDS_MAX 1000
#define TACHO__ENUM_MAX 65536  /* combinations of closed label values */
#define TACHO__VALUES_MAX 4096 /* values that one label lists; each is compared with each */
#define TACHO__SERIES_DEFAULT 1000

/** Who describes the family: a row that binds a handle, or a collector that emits it. */
enum tacho__desc_role { TACHO__DESC_BOUND, TACHO__DESC_EMITTED };

/** Check a descriptor by itself. False: `why` says what rule the family breaks. */
TACHO_INTERNAL bool tacho__desc_check(const tacho_desc *desc, enum tacho__desc_role role,
                                      const struct tacho__house *house, char *why);

/** The part of it that is about names, labels, unit and help. */
TACHO_INTERNAL bool tacho__desc_check_names(const tacho_desc *desc, tacho_type type, const struct tacho__house *house,
                                            char *why);

/** The rules for the labels of a registry, which hold for any family. False: `why` says what rule they break. */
TACHO_INTERNAL bool tacho__desc_check_house(const struct tacho__house *house, char *why);

/** The rules for the labels of a scrape, likewise; NULL: there are none. */
TACHO_INTERNAL bool tacho__desc_check_scrape(const tacho_constant *constants, const struct tacho__house *house, char *why);

/** Write the words of a refusal; a row NULL is not named; always false. */
TACHO_INTERNAL bool tacho__desc_refuse(char *why, const tacho_desc *desc, const char *rule);
TACHO_INTERNAL bool tacho__desc_refuse_label(char *why, const tacho_desc *desc, const char *label, const char *rule);

/** A handle that a row binds. */
struct tacho__handle {
    void *slot; /* where the program keeps it */
    tacho_type type;
    bool vec;
};

/** The next handle of a row, from `*at` on, which begins at 0; false: no more. */
TACHO_INTERNAL bool tacho__desc_handle(const tacho_desc *desc, size_t *at, struct tacho__handle *handle);

/** The type that a checked descriptor has. */
TACHO_INTERNAL tacho_type tacho__desc_type(const tacho_desc *desc);

/** Whether the handle is a vector. */
TACHO_INTERNAL bool tacho__desc_is_vec(const tacho_desc *desc);

/** Combinations of the closed label values; 1 without any. */
TACHO_INTERNAL size_t tacho__desc_combinations(const tacho_desc *desc);

/** How many series a family may have: as many as a handle needs, or what its row says. */
TACHO_INTERNAL uint32_t tacho__desc_max_series(const tacho_desc *desc);

TACHO_INTERNAL size_t tacho__desc_label_count(const tacho_desc *desc);

/** Copy a name into a message: at most 80 bytes, anything but printable ASCII as '?'. `out` holds 84 bytes. */
TACHO_INTERNAL const char *tacho__printable(char *out, const char *name);

#endif
