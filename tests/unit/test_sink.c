/*
 * test_sink.c - the two sinks: what a buffer holds after any row of writes, and what a descriptor does with them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <tacho/tacho.h>

enum { PAGE = 4096 };

static char bytes[3 * PAGE];

static void write_out(tacho_buffer *buf, size_t len)
{
    assert_int_equal(buf->sink.ops->write(&buf->sink, bytes, len), TACHO_OK);
    assert_non_null(buf->data);
    assert_true(buf->cap > buf->len);
    assert_int_equal(strlen(buf->data), buf->len);
}

static void a_buffer_has_a_nul_behind_its_bytes_wherever_they_end(void **state)
{
    static const size_t lens[] = { 0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE - 1, 2 * PAGE, 3 * PAGE };
    (void)state;
    memset(bytes, 'x', sizeof bytes);
    for (size_t first = 0; first < TACHO_COUNT(lens); first++)
        for (size_t second = 0; second < TACHO_COUNT(lens); second++) {
            tacho_buffer buf;
            tacho_buffer_init(&buf);
            assert_null(buf.data);
            write_out(&buf, lens[first]);
            write_out(&buf, lens[second]);
            assert_int_equal(buf.len, lens[first] + lens[second]);
            tacho_buffer_fini(&buf);
            assert_null(buf.data);
            write_out(&buf, 1);
            tacho_buffer_fini(&buf);
        }
}

static void a_buffer_that_was_emptied_by_hand_ends_behind_what_comes_next(void **state)
{
    tacho_buffer buf;
    (void)state;
    memset(bytes, 'x', sizeof bytes);
    tacho_buffer_init(&buf);
    write_out(&buf, 100);
    buf.len = 0;
    write_out(&buf, 3);
    assert_string_equal(buf.data, "xxx");
    tacho_buffer_fini(&buf);
}

static void a_length_that_no_memory_has_is_refused_and_changes_nothing(void **state)
{
    tacho_buffer buf;
    (void)state;
    memset(bytes, 'x', sizeof bytes);
    tacho_buffer_init(&buf);
    write_out(&buf, 5);
    assert_int_equal(buf.sink.ops->write(&buf.sink, bytes, SIZE_MAX), TACHO_ERR_NOMEM);
    assert_int_equal(buf.sink.ops->write(&buf.sink, bytes, SIZE_MAX / 2), TACHO_ERR_NOMEM);
    assert_string_equal(buf.data, "xxxxx");
    tacho_buffer_fini(&buf);
}

static void a_descriptor_that_is_full_gives_its_errno(void **state)
{
    tacho_fd_sink sink;
    int fd = open("/dev/full", O_WRONLY);
    (void)state;
    if (fd < 0) skip();
    tacho_fd_sink_init(&sink, fd);
    errno = 0;
    assert_int_equal(sink.sink.ops->write(&sink.sink, "x", 1), TACHO_ERR_IO);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(close(fd), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_has_a_nul_behind_its_bytes_wherever_they_end),
        cmocka_unit_test(a_buffer_that_was_emptied_by_hand_ends_behind_what_comes_next),
        cmocka_unit_test(a_length_that_no_memory_has_is_refused_and_changes_nothing),
        cmocka_unit_test(a_descriptor_that_is_full_gives_its_errno),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
