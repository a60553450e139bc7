/*
 * golden.h - outputs that are kept in tests/golden and compared byte for byte.
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <stddef.h>

/**
 * Compare with tests/golden/NAME. Fails the cmocka test, and shows the first line that differs, unless all bytes are
 * the same. With TACHO_UPDATE_GOLDEN=1 in the environment it writes the file instead; review that like code.
 */
void golden_check(const char *name, const void *bytes, size_t len);

#endif
