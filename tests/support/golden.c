/*
 * golden.c - comparing with, and rewriting, files in tests/golden.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"

static FILE *golden_open(const char *name, const char *mode)
{
    char path[256];
    (void)snprintf(path, sizeof path, "tests/golden/%s", name);
    FILE *file = fopen(path, mode);
    if (!file) fail_msg("cannot open %s: run in the source directory; TACHO_UPDATE_GOLDEN=1 makes a new file", path);
    return file;
}

static char *golden_read(const char *name, size_t *len)
{
    FILE *file = golden_open(name, "rb");
    size_t cap = 1 << 20;
    char *bytes = malloc(cap);
    assert_non_null(bytes);
    *len = fread(bytes, 1, cap, file);
    assert_true(*len < cap);
    assert_int_equal(fclose(file), 0);
    return bytes;
}

static void golden_write(const char *name, const void *bytes, size_t len)
{
    FILE *file = golden_open(name, "wb");
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void golden_show(const char *what, const char *bytes, size_t len, size_t from)
{
    const char *end = memchr(bytes + from, '\n', len - from);
    size_t line = end ? (size_t)(end - bytes) - from : len - from;
    print_error("  %s: %.*s%s\n", what, (int)(line < 200 ? line : 200), bytes + from, end ? "" : " (no LF)");
}

void golden_check(const char *name, const void *bytes, size_t len)
{
    const char *update = getenv("TACHO_UPDATE_GOLDEN"), *got = bytes ? bytes : "";
    if (update && strcmp(update, "1") == 0) {
        golden_write(name, got, len);
        return;
    }
    size_t want_len, same = 0, line = 0, number = 1;
    char *want = golden_read(name, &want_len);
    for (; same < len && same < want_len && got[same] == want[same]; same++) {
        if (got[same] != '\n') continue;
        line = same + 1;
        number++;
    }
    bool differs = same < len || same < want_len;
    if (differs) {
        print_error("tests/golden/%s, line %zu:\n", name, number);
        if (same - line > 100) line = same - 60; /* what differs may be far behind the beginning of its line */
        golden_show("want", want, want_len, line);
        golden_show("got ", got, len, line);
    }
    free(want);
    assert_false(differs);
}
