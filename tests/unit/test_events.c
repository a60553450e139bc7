/*
 * test_events.c - lines of text as calls: the grammar, hostile input, and lines cut anywhere.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "event_intake.h"
#include "event_reader.h"
#include "events.h"

/* Writes down what was carried out. */
struct recorder {
    event_target target;
    char said[16384];
    size_t calls;
};

static struct recorder *recorder_of(event_target *target)
{
    return TACHO_CONTAINER(target, struct recorder, target);
}

static bool record_sent(event_target *target, const event_value *v)
{
    struct recorder *recorder = recorder_of(target);
    recorder->calls++;
    snprintf(recorder->said, sizeof recorder->said, "%llu in %.17g", (unsigned long long)v[0].count,
             v[1].amount);
    return true;
}

static bool record_named(event_target *target, const event_value *v)
{
    struct recorder *recorder = recorder_of(target);
    recorder->calls++;
    snprintf(recorder->said, sizeof recorder->said, "<%s>", v[0].text);
    return true;
}

static bool record_switched(event_target *target, const event_value *v)
{
    struct recorder *recorder = recorder_of(target);
    recorder->calls++;
    snprintf(recorder->said, sizeof recorder->said, "switched %zu", v[0].choice);
    return true;
}

static bool record_ended(event_target *target, const event_value *v)
{
    struct recorder *recorder = recorder_of(target);
    (void)v;
    recorder->calls++;
    snprintf(recorder->said, sizeof recorder->said, "ended");
    return true;
}

static bool record_refused(event_target *target, const event_value *v)
{
    (void)target, (void)v;
    return false;
}

static const char *const ways[] = { "off", "on", NULL };
static const event_row rows[] = {
    { "sent", record_sent, { { "n", EVENT_COUNT, NULL }, { "seconds", EVENT_AMOUNT, NULL } } },
    { "named", record_named, { { "name", EVENT_TEXT, NULL } } },
    { "switched", record_switched, { { "way", EVENT_CHOICE, ways } } },
    { "ended", record_ended, { { NULL, EVENT_COUNT, NULL } } },
    { "refused", record_refused, { { NULL, EVENT_COUNT, NULL } } },
};

static struct recorder recorder_new(void)
{
    return (struct recorder){ .target = { rows, sizeof rows / sizeof *rows } };
}

struct good {
    const char *line, *want; /* NULL: nothing is carried out */
};

static const struct good good_lines[] = {
    { "", NULL },
    { " \t ", NULL },
    { "# sent n=1", NULL },
    { "  # indented", NULL },
    { "ended", "ended" },
    { "\t ended \t", "ended" },
    { "ended\r", "ended" },
    { "sent n=0 seconds=0", "0 in 0" },
    { "sent seconds=0.5 n=3", "3 in 0.5" },
    { "sent   n=3\t\tseconds=.5", "3 in 0.5" },
    { "sent n=00012 seconds=1e3", "12 in 1000" },
    { "sent n=9007199254740992 seconds=1000000000000000", "9007199254740992 in 1000000000000000" },
    { "sent n=1 seconds=+2.5E-1", "1 in 0.25" },
    { "sent n=\"7\" seconds=\"1.5\"", "7 in 1.5" },
    { "named name=bare", "<bare>" },
    { "named name=a=b\\n", "<a=b\\n>" },
    { "named name=\"\"", "<>" },
    { "named name=\"two words\"", "<two words>" },
    { "named name=\"\\\"\\\\\\n\\t\\x41\\x7e\\xC3\\xa9\"", "<\"\\\n\tA~\xc3\xa9>" },
    { "named name=\"\\x01\\x1b\\x7f\"", "<\x01\x1b\x7f>" },
    { "named name=\xff\xfe", "<\xff\xfe>" },
    { "named name=\"\xe6\x97\xa5\"", "<\xe6\x97\xa5>" },
    { "named name=\"#\"", "<#>" },
    { "switched way=off", "switched 0" },
    { "switched way=\"on\"", "switched 1" },
};

static void good_lines_are_carried_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_lines / sizeof *good_lines; i++) {
        struct recorder recorder = recorder_new();
        const event_row *row = NULL;
        event_reason reason =
            event_apply(&recorder.target, good_lines[i].line, strlen(good_lines[i].line), &row);
        if (reason != EVENT_TAKEN)
            print_error("%s: %s\n", good_lines[i].line, event_reason_names[reason - 1]);
        assert_int_equal(reason, EVENT_TAKEN);
        assert_int_equal(recorder.calls, good_lines[i].want ? 1 : 0);
        assert_string_equal(recorder.said, good_lines[i].want ? good_lines[i].want : "");
        assert_true((row != NULL) == (good_lines[i].want != NULL));
    }
}

struct bad {
    const char *line;
    event_reason want;
};

static const struct bad bad_lines[] = {
    { "=", EVENT_SYNTAX },
    { "Sent n=1 seconds=1", EVENT_SYNTAX },
    { "1sent", EVENT_SYNTAX },
    { "sent=1", EVENT_SYNTAX },
    { "sent,n=1", EVENT_SYNTAX },
    { "ended trailing", EVENT_SYNTAX },
    { "ended x=", EVENT_SYNTAX },
    { "ended x= ", EVENT_SYNTAX },
    { "ended =x", EVENT_SYNTAX },
    { "ended \x01", EVENT_SYNTAX },
    { "named name=a\"b", EVENT_SYNTAX },
    { "named name=a\x7f", EVENT_SYNTAX },
    { "named name=\x1b[31m", EVENT_SYNTAX },
    { "named name=\"", EVENT_SYNTAX },
    { "named name=\"open", EVENT_SYNTAX },
    { "named name=\"raw\ttab\"", EVENT_SYNTAX },
    { "named name=\"\\", EVENT_SYNTAX },
    { "named name=\"\\q\"", EVENT_SYNTAX },
    { "named name=\"\\x\"", EVENT_SYNTAX },
    { "named name=\"\\x4\"", EVENT_SYNTAX },
    { "named name=\"\\x4g\"", EVENT_SYNTAX },
    { "named name=\"\\x00\"", EVENT_SYNTAX },
    { "named name=\"\\x", EVENT_SYNTAX },
    { "named name=\"a\"b", EVENT_SYNTAX },
    { "named name=\"a\"name=\"b\"", EVENT_SYNTAX },
    { "dropped", EVENT_UNKNOWN_EVENT },
    { "sen n=1 seconds=1", EVENT_UNKNOWN_EVENT },
    { "sentt n=1 seconds=1", EVENT_UNKNOWN_EVENT },
    { "dropped x=\"", EVENT_SYNTAX },
    { "ended x=1", EVENT_UNKNOWN_KEY },
    { "sent n=1 seconds=1 m=2", EVENT_UNKNOWN_KEY },
    { "sent n=1 second=1", EVENT_UNKNOWN_KEY },
    { "sent n=1 n=1 seconds=1", EVENT_DUPLICATE_KEY },
    { "sent n=1", EVENT_MISSING_KEY },
    { "sent", EVENT_MISSING_KEY },
    { "named", EVENT_MISSING_KEY },
    { "sent n=-1 seconds=1", EVENT_BAD_VALUE },
    { "sent n=+1 seconds=1", EVENT_BAD_VALUE },
    { "sent n=1.0 seconds=1", EVENT_BAD_VALUE },
    { "sent n=0x10 seconds=1", EVENT_BAD_VALUE },
    { "sent n=\"\" seconds=1", EVENT_BAD_VALUE },
    { "sent n=\" 1\" seconds=1", EVENT_BAD_VALUE },
    { "sent n=9007199254740993 seconds=1", EVENT_BAD_VALUE },
    { "sent n=18446744073709551617 seconds=1", EVENT_BAD_VALUE },
    { "sent n=99999999999999999999999999999999 seconds=1", EVENT_BAD_VALUE },
    { "sent n=1 seconds=-1", EVENT_BAD_VALUE },
    { "sent n=1 seconds=-0", EVENT_BAD_VALUE },
    { "sent n=1 seconds=nan", EVENT_BAD_VALUE },
    { "sent n=1 seconds=inf", EVENT_BAD_VALUE },
    { "sent n=1 seconds=1e999", EVENT_BAD_VALUE },
    { "sent n=1 seconds=1e16", EVENT_BAD_VALUE },
    { "sent n=1 seconds=0x1p3", EVENT_BAD_VALUE },
    { "sent n=1 seconds=1,5", EVENT_BAD_VALUE },
    { "sent n=1 seconds=1.5.5", EVENT_BAD_VALUE },
    { "sent n=1 seconds=e", EVENT_BAD_VALUE },
    { "sent n=1 seconds=\"\"", EVENT_BAD_VALUE },
    { "switched way=of", EVENT_BAD_VALUE },
    { "switched way=offf", EVENT_BAD_VALUE },
    { "switched way=\"\"", EVENT_BAD_VALUE },
    { "refused", EVENT_REFUSED },
};

static void bad_lines_are_dropped_with_their_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_lines / sizeof *bad_lines; i++) {
        struct recorder recorder = recorder_new();
        event_reason reason =
            event_apply(&recorder.target, bad_lines[i].line, strlen(bad_lines[i].line), NULL);
        if (reason != bad_lines[i].want)
            print_error("%s: %s\n", bad_lines[i].line, reason ? event_reason_names[reason - 1] : "taken");
        assert_int_equal(reason, bad_lines[i].want);
        assert_int_equal(recorder.calls, 0);
    }
}

static void a_nul_in_a_line_is_a_syntax_error(void **state)
{
    static const char *const lines[] = { "ended\0", "named name=a\0b", "named name=\"a\0b\"",
                                         "ended \0 x=1" };
    static const size_t lens[] = { 6, 14, 16, 11 };
    (void)state;
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        struct recorder recorder = recorder_new();
        assert_int_equal(event_apply(&recorder.target, lines[i], lens[i], NULL), EVENT_SYNTAX);
    }
}

static void a_line_may_be_as_long_as_the_limit_and_no_longer(void **state)
{
    static char line[EVENT_MAX_LINE + 1];
    (void)state;
    struct recorder recorder = recorder_new();
    memset(line, 'a', sizeof line);
    memcpy(line, "named name=", 11);
    assert_int_equal(event_apply(&recorder.target, line, EVENT_MAX_LINE, NULL), EVENT_TAKEN);
    assert_int_equal(strlen(recorder.said), EVENT_MAX_LINE - 11 + 2);
    assert_int_equal(event_apply(&recorder.target, line, EVENT_MAX_LINE + 1, NULL), EVENT_TOO_LONG);
    assert_int_equal(event_apply(&recorder.target, line, SIZE_MAX, NULL), EVENT_TOO_LONG);
    assert_int_equal(recorder.calls, 1);
}

/* Every line of the tables with a byte changed, left out or put in: no crash, no read out of bounds. */
static void mangled_lines_do_no_harm(void **state)
{
    uint64_t random = 1;
    (void)state;
    for (size_t round = 0; round < 200000; round++) {
        const char *line = round % 2 ? good_lines[round / 2 % (sizeof good_lines / sizeof *good_lines)].line
                                     : bad_lines[round / 2 % (sizeof bad_lines / sizeof *bad_lines)].line;
        size_t len = strlen(line);
        char *copy = malloc(len + 2); /* of its own, so that a sanitizer sees each byte read too much */
        assert_non_null(copy);
        memcpy(copy, line, len);
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
        size_t at = (size_t)(random >> 33) % (len + 1);
        if (random >> 32 & 1) {
            memmove(copy + at + 1, copy + at, len - at);
            len++;
            copy[at] = (char)(random >> 56);
        } else if (len > 0) {
            copy[at < len ? at : 0] = (char)(random >> 56);
        }
        struct recorder recorder = recorder_new();
        char *exact = realloc(copy, len ? len : 1);
        event_reason reason = event_apply(&recorder.target, exact, len, NULL);
        assert_in_range(reason, EVENT_TAKEN, EVENT_REASONS - 1);
        free(exact);
    }
}

/* ---- Streams: an intake without a registry counts nowhere and tells all the same --------------------------------- */

struct tally {
    struct recorder recorder;
    event_intake intake;
    event_stream stream;
};

static struct tally *tally_new(void)
{
    struct tally *tally = calloc(1, sizeof *tally);
    assert_non_null(tally);
    tally->recorder = recorder_new();
    tally->intake.target = &tally->recorder.target;
    tally->intake.program = "test_events";
    for (size_t i = 0; i < EVENT_REASONS; i++) atomic_init(&tally->intake.told[i], true);
    event_stream_init(&tally->stream, &tally->intake);
    return tally;
}

static void a_stream_may_be_cut_anywhere(void **state)
{
    static const char text[] = "sent n=1 seconds=2\n\nbad line\nnamed name=\"x\"\r\nswitched way=on\nended\n";
    (void)state;
    for (size_t first = 0; first < sizeof text; first++) {
        for (size_t second = first; second < sizeof text; second++) {
            struct tally *tally = tally_new();
            event_stream_feed(&tally->stream, text, first);
            event_stream_feed(&tally->stream, text + first, second - first);
            event_stream_feed(&tally->stream, text + second, sizeof text - 1 - second);
            assert_int_equal(tally->recorder.calls, 4);
            assert_int_equal(tally->stream.line, 7);
            assert_int_equal(tally->stream.len, 0);
            free(tally);
        }
    }
}

static void the_end_of_a_line_is_no_part_of_its_length(void **state)
{
    static char text[EVENT_MAX_LINE + 3];
    (void)state;
    for (size_t chunk = 1; chunk <= sizeof text; chunk += sizeof text - 1) {
        struct tally *tally = tally_new();
        memset(text, 'a', sizeof text);
        memcpy(text, "named name=", 11);
        text[EVENT_MAX_LINE] = '\r';
        text[EVENT_MAX_LINE + 1] = '\n';
        for (size_t at = 0; at < EVENT_MAX_LINE + 2; at += chunk)
            event_stream_feed(&tally->stream, text + at, chunk < EVENT_MAX_LINE + 2 ? chunk : EVENT_MAX_LINE + 2);
        assert_int_equal(tally->recorder.calls, 1);
        text[EVENT_MAX_LINE + 1] = 'a'; /* a carriage return inside a line ends nothing, wherever it stands */
        text[EVENT_MAX_LINE + 2] = '\n';
        for (size_t at = 0; at < sizeof text; at += chunk) event_stream_feed(&tally->stream, text + at, chunk);
        assert_int_equal(tally->recorder.calls, 1);
        free(tally);
    }
}

static void a_line_that_is_too_long_hides_no_other(void **state)
{
    static char text[3 * EVENT_MAX_LINE];
    static const size_t chunks[] = { 1, 7, 4096, EVENT_MAX_LINE, EVENT_MAX_LINE + 1, sizeof text };
    (void)state;
    memset(text, 'a', sizeof text);
    memcpy(text, "ended\nnamed name=", 17);
    memcpy(text + sizeof text - 7, "\nended\n", 7);
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        struct tally *tally = tally_new();
        for (size_t at = 0; at < sizeof text; at += chunks[i])
            event_stream_feed(&tally->stream, text + at,
                              at + chunks[i] < sizeof text ? chunks[i] : sizeof text - at);
        assert_int_equal(tally->recorder.calls, 2);
        assert_int_equal(tally->stream.line, 4);
        free(tally);
    }
}

static void the_last_line_of_a_file_needs_no_line_feed(void **state)
{
    (void)state;
    struct tally *tally = tally_new();
    event_stream_feed(&tally->stream, "ended\nended", 11);
    event_stream_end(&tally->stream, EVENT_END_OF_FILE);
    event_stream_end(&tally->stream, EVENT_END_OF_FILE);
    assert_int_equal(tally->recorder.calls, 2);
    free(tally);
}

static void a_connection_that_breaks_inside_a_line_does_not_carry_it_out(void **state)
{
    (void)state;
    struct tally *tally = tally_new();
    event_stream_feed(&tally->stream, "ended\nsent n=1 seconds=10", 24); /* of 100, perhaps */
    event_stream_end(&tally->stream, EVENT_END_OF_CONNECTION);
    assert_int_equal(tally->recorder.calls, 1);
    free(tally);
}

/* ---- What an intake counts ---------------------------------------------------------------------------------------- */

static void an_intake_counts_what_it_drops_by_reason(void **state)
{
    static const char text[] =
        "ended\nended\nbad line\nnever\nsent n=1\nsent n=x seconds=1\nrefused\nended x=1\n"
        "sent n=1 n=1 seconds=1\nnever\n";
    static const uint64_t want[EVENT_REASONS] = {
        [EVENT_SYNTAX] = 1,  [EVENT_UNKNOWN_EVENT] = 2, [EVENT_MISSING_KEY] = 1,   [EVENT_BAD_VALUE] = 1,
        [EVENT_REFUSED] = 1, [EVENT_UNKNOWN_KEY] = 1,   [EVENT_DUPLICATE_KEY] = 1, [EVENT_CUT_OFF] = 1
    };
    (void)state;
    struct tally *tally = tally_new();
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(
        event_intake_init(&tally->intake, reg, &tally->recorder.target, "test_events", "my_", "x"), TACHO_OK);
    event_stream_feed(&tally->stream, text, sizeof text - 1);
    event_stream_feed(&tally->stream, "end", 3);
    event_stream_end(&tally->stream, EVENT_END_OF_CONNECTION);
    assert_true(tacho_counter_value(tally->intake.taken) == 2);
    for (size_t i = EVENT_TOO_LONG; i < EVENT_REASONS; i++)
        assert_true(tacho_counter_value(tally->intake.rejected[i - 1]) == (double)want[i]);

    tacho_buffer page;
    tacho_buffer_init(&page);
    assert_int_equal(tacho_expose(reg, TACHO_TEXT, &page.sink), TACHO_OK);
    static const char line[] = "my_x_events_rejected_total{reason=\"unknown_event\"} 2\n";
    bool found = false;
    for (size_t i = 0; i + sizeof line - 1 <= page.len; i++)
        found = found || memcmp(page.data + i, line, sizeof line - 1) == 0;
    assert_true(found);
    tacho_buffer_fini(&page);
    tacho_registry_free(reg);
    event_intake_fini(&tally->intake);
    free(tally);
}

/* ---- Readers ------------------------------------------------------------------------------------------------------- */

enum { PATH_SIZE = 100 };

struct place {
    char dir[64], path[PATH_SIZE], source[PATH_SIZE + 8];
};

static struct place place_new(void)
{
    struct place place = { .dir = "/tmp/test_events.XXXXXX" };
    assert_non_null(mkdtemp(place.dir));
    snprintf(place.path, sizeof place.path, "%s/events", place.dir);
    snprintf(place.source, sizeof place.source, "unix:%s", place.path);
    return place;
}

static void place_free(struct place place)
{
    unlink(place.path);
    assert_int_equal(rmdir(place.dir), 0);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(fd >= 0 && strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void send_text(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

/* Wait until a counter shows this, for 10 s at most. */
static void await_count(tacho_counter *counter, double want)
{
    for (int i = 0; i < 1000 && tacho_counter_value(counter) < want; i++)
        nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
    assert_true(tacho_counter_value(counter) == want);
}

static void a_file_is_read_to_its_end(void **state)
{
    char why[256];
    (void)state;
    struct place place = place_new();
    struct tally *tally = tally_new();
    FILE *file = fopen(place.path, "w");
    assert_non_null(file);
    for (int i = 0; i < 20000; i++) fputs("ended\n", file);
    fputs("ended", file);
    assert_int_equal(fclose(file), 0);
    event_reader *reader = event_reader_open(place.path, &tally->intake, why, sizeof why);
    assert_non_null(reader);
    event_reader_run(reader);
    event_reader_close(reader);
    assert_int_equal(tally->recorder.calls, 20001);
    free(tally);
    place_free(place);
}

static void what_cannot_be_read_is_said_in_words(void **state)
{
    char why[256] = "";
    (void)state;
    struct place place = place_new();
    struct tally *tally = tally_new();
    assert_null(event_reader_open(place.path, &tally->intake, why, sizeof why));
    assert_non_null(strstr(why, place.path));
    assert_null(event_reader_open(place.dir, &tally->intake, why, sizeof why));
    assert_non_null(strstr(why, "directory"));
    assert_null(event_reader_open("unix:", &tally->intake, why, sizeof why));
    assert_non_null(strstr(why, "path"));
    free(tally);
    place_free(place);
}

static void connections_to_a_socket_are_read_side_by_side(void **state)
{
    char why[256];
    struct stat status;
    int fds[EVENT_MAX_CLIENTS];
    (void)state;
    struct place place = place_new();
    struct tally *tally = tally_new();
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(event_intake_init(&tally->intake, reg, &tally->recorder.target, "test_events", "", "x"),
                     0);
    for (size_t i = 0; i < EVENT_REASONS; i++) atomic_init(&tally->intake.told[i], true);
    event_reader *reader = event_reader_open(place.source, &tally->intake, why, sizeof why);
    assert_non_null(reader);
    assert_int_equal(stat(place.path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(event_reader_start(reader));
    for (size_t i = 0; i < EVENT_MAX_CLIENTS; i++) fds[i] = connect_to(place.path);
    for (size_t i = 0; i < EVENT_MAX_CLIENTS; i++) send_text(fds[i], "ended\nnamed na");
    await_count(tally->intake.taken, EVENT_MAX_CLIENTS);
    int late = connect_to(place.path); /* waits for a place */
    send_text(late, "ended\n");
    for (size_t i = 1; i < EVENT_MAX_CLIENTS; i++) send_text(fds[i], "me=x\n");
    await_count(tally->intake.taken, 2 * EVENT_MAX_CLIENTS - 1);
    close(fds[0]);
    await_count(tally->intake.taken, 2 * EVENT_MAX_CLIENTS);
    await_count(tally->intake.rejected[EVENT_CUT_OFF - 1], 1);
    event_reader_close(reader); /* with connections open */
    assert_int_not_equal(stat(place.path, &status), 0);
    for (size_t i = 1; i < EVENT_MAX_CLIENTS; i++) close(fds[i]);
    close(late);
    tacho_registry_free(reg);
    event_intake_fini(&tally->intake);
    free(tally);
    place_free(place);
}

static void a_socket_that_is_left_over_is_replaced_and_one_in_use_is_not(void **state)
{
    char why[256];
    (void)state;
    struct place place = place_new();
    struct tally *tally = tally_new();
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, place.path, strlen(place.path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    event_reader *reader = event_reader_open(place.source, &tally->intake, why, sizeof why);
    assert_non_null(reader);
    assert_null(event_reader_open(place.source, &tally->intake, why, sizeof why));
    close(connect_to(place.path)); /* the first one still has it */
    event_reader_close(reader);

    FILE *file = fopen(place.path, "w"); /* never replace what is no socket */
    assert_non_null(file);
    fclose(file);
    assert_null(event_reader_open(place.source, &tally->intake, why, sizeof why));
    assert_int_equal(access(place.path, F_OK), 0);
    free(tally);
    place_free(place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lines_are_carried_out),
        cmocka_unit_test(bad_lines_are_dropped_with_their_reason),
        cmocka_unit_test(a_nul_in_a_line_is_a_syntax_error),
        cmocka_unit_test(a_line_may_be_as_long_as_the_limit_and_no_longer),
        cmocka_unit_test(the_end_of_a_line_is_no_part_of_its_length),
        cmocka_unit_test(mangled_lines_do_no_harm),
        cmocka_unit_test(a_stream_may_be_cut_anywhere),
        cmocka_unit_test(a_line_that_is_too_long_hides_no_other),
        cmocka_unit_test(the_last_line_of_a_file_needs_no_line_feed),
        cmocka_unit_test(a_connection_that_breaks_inside_a_line_does_not_carry_it_out),
        cmocka_unit_test(an_intake_counts_what_it_drops_by_reason),
        cmocka_unit_test(a_file_is_read_to_its_end),
        cmocka_unit_test(what_cannot_be_read_is_said_in_words),
        cmocka_unit_test(connections_to_a_socket_are_read_side_by_side),
        cmocka_unit_test(a_socket_that_is_left_over_is_replaced_and_one_in_use_is_not),
    };
    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
