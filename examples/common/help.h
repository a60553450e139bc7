/*
 * help.h - what --help shows, made from the rows that do the work.
 */
#ifndef EXAMPLES_HELP_H
#define EXAMPLES_HELP_H

#include "options.h"

/** Print the whole page to standard output. */
void help_print(const option_program *program, const option_row *common, size_t common_count);

/** Write "source|destination|both". */
void help_choices(const char *const *choices, char *text, size_t cap);

#endif
