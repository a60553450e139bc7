/*
 * internal.h - marks and types that all of the sources share.
 */
#ifndef TACHO_INTERNAL_H
#define TACHO_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tacho/cpu.h>

/* For tacho__ functions: shared between our files, seen by nobody else. */
#define TACHO_INTERNAL TACHO_HIDDEN

#endif
