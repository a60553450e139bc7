/*
 * comma.h - a locale with a decimal comma, for tests that show that it changes nothing.
 */
#ifndef COMMA_H
#define COMMA_H

/**
 * Enter a locale with a decimal comma: one that is installed, or else one made with `localedef` in a directory that
 * is gone on return. Where neither can be had, the cmocka test is skipped and says so.
 */
void comma_enter(void);

/** Back to the "C" locale; also the teardown of a cmocka test. Returns 0. */
int comma_leave(void **state);

#endif
