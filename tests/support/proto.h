/*
 * proto.h - io.prometheus.client.MetricFamily, each behind its length, read back strictly by the schema.
 *
 * Strictly means: every field is known and has its wire type, one that is not repeated comes once, strings are UTF-8, no
 * message ends inside a field or a varint, and a family is what the specification asks for: a name, a help text and a type,
 * each metric with the one value of that type, bounds that rise, counts that do not fall, and native buckets whose spans,
 * deltas and zero count add up to the count. Numbers are printed by the library's own functions, which have tests of
 * their own.
 */
#ifndef PROTO_H
#define PROTO_H

#include <stddef.h>

/**
 * The messages as text like `protoc --decode` prints it, each family behind an empty line. NULL, and the reason in `why`, if
 * something is wrong. The caller frees it. Calls nothing of cmocka.
 */
char *proto_print(const void *bytes, size_t len, char *why, size_t why_cap);

/**
 * The same as lines of the text format 1.0.0, names in quotes where they need them; of valid messages. Exemplars, native
 * buckets and creation times have no place there.
 */
char *proto_lines(const void *bytes, size_t len);

#endif
