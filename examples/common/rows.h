/*
 * rows.h - families written once as a static const table, and used many times: with a prefix, for several objects.
 *
 * A table names the handles to bind by address. A module that can exist more than once (two registries in one
 * process, a test after a test) writes its table against a `static` object of its handle structure that is only a
 * shape, copies the rows for each new object, and moves the addresses into it.
 */
#ifndef EXAMPLES_ROWS_H
#define EXAMPLES_ROWS_H

#include <tacho/tacho.h>

/**
 * Copy rows, with `prefix` (NULL: none) in front of each name. One block of memory: release it with free, after
 * tacho_registry_undefine or the registry. NULL when out of memory.
 */
tacho_desc *rows_copy(const tacho_desc *rows, size_t count, const char *prefix);

/** Turn the handle address of a row from a place in the object `shape` into the same place in the object `to`. */
void rows_move(tacho_desc *row, const void *shape, void *to);

#endif
