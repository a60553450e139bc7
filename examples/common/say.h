/*
 * say.h - one clear line on standard error.
 */
#ifndef EXAMPLES_SAY_H
#define EXAMPLES_SAY_H

enum { EXIT_RUN_TIME = 1, EXIT_USAGE = 2 };

/** Write "PROGRAM: TEXT\n" in one piece. Control characters become '?', so that nothing can dress up as a line. */
void say(const char *program, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
