/*
 * format.h - the formats that this build of the library writes.
 *
 * What a build leaves out is known here and nowhere else: the formats that can be negotiated, the paths of a server and the
 * words about a format that cannot be had all ask.
 */
#ifndef TACHO_FORMAT_H
#define TACHO_FORMAT_H

#include <tacho/expose.h>

#include "writer.h"

/** What writes a format; NULL: nothing, and the fault says why. [hot | O(1) | 0.1] */
TACHO_INTERNAL const struct tacho__writer *tacho__format_writer(tacho_format format);

/** The same for what a Pushgateway gets. */
TACHO_INTERNAL const struct tacho__writer *tacho__format_push_writer(tacho_format format);

/** Why a format cannot be written, as a constant; NULL: it can. [hot | O(1) | 0.1] */
TACHO_INTERNAL const char *tacho__format_fault(tacho_format format);

#endif
