/*
 * words.h - what others have written, made fit to be shown; and what nobody may read, wiped.
 */
#ifndef EXAMPLES_WORDS_H
#define EXAMPLES_WORDS_H

#include <stddef.h>

/**
 * Copy hostile text as one line of printable ASCII, ended by a NUL: blanks and line ends become one blank, other
 * bytes '?', and what does not fit "...". `cap` is 4 or more; `to` may be `text`.
 */
void words_clean(char *to, size_t cap, const char *text, size_t len);

/** Overwrite memory so that the compiler cannot leave it out; NULL is fine when `len` is 0. */
void words_wipe(void *memory, size_t len);

#endif
