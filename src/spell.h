/*
 * spell.h - how names are written in each escaping scheme (Prometheus, "Escaping schemes").
 */
#ifndef TACHO_SPELL_H
#define TACHO_SPELL_H

#include "internal.h"

/** What a name names: ':' is a letter in a family's name only. */
enum tacho__name_kind { TACHO__NAME_FAMILY, TACHO__NAME_LABEL };

/** Schemes, with the values of tacho_escaping. */
enum tacho__scheme { TACHO__UNDERSCORES, TACHO__DOTS, TACHO__VALUES, TACHO__UTF8, TACHO__SCHEMES };

/** Bytes of a name of 1,024 bytes in any scheme: one byte becomes at most `_dot_`. */
#define TACHO__SPELLED_MAX (5 * 1024 + 64)

/** Whether a name is written alike in every scheme: [a-zA-Z_:][a-zA-Z0-9_:]*, for labels without ':'. */
TACHO_INTERNAL bool tacho__name_is_plain(const char *name, size_t len, enum tacho__name_kind kind);

/** Write a name, which is valid UTF-8, and return its length; NULL `out` only measures. */
TACHO_INTERNAL size_t tacho__spell(char *out, const char *name, size_t len, enum tacho__name_kind kind,
                                   enum tacho__scheme scheme);

#endif
