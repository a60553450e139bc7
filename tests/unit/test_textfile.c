/*
 * test_textfile.c - files for node_exporter: whole, or what they were.
 *
 * Every test has a directory of its own, in which the file is `page.prom`; nothing else may be left there. The openat,
 * fsync and renameat of this file take the place of the C library's: they note how and in which order they are called, and fail
 * when a test wants that.
 * Needs: OPENMETRICS PROTOBUF JSON
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "alloc.h"
#include "registry_internal.h"
#include "support/exposition.h"
#include "support/page.h"

#define OLD "what was there\n"
#define FAMILIES 40
#define NOBODY 65534

static struct place {
    tacho_registry *reg;
    tacho_gauge *handles[FAMILIES];
    tacho_desc rows[FAMILIES];
    char names[FAMILIES][24];
    char help[1001];
    char dir[64], path[96];
} place;

static int place_make(void **state)
{
    (void)state;
    memset(&place, 0, sizeof place);
    (void)snprintf(place.dir, sizeof place.dir, "/tmp/tacho_textfile.XXXXXX");
    if (!mkdtemp(place.dir)) return -1;
    (void)snprintf(place.path, sizeof place.path, "%s/page.prom", place.dir);
    memset(place.help, 'h', sizeof place.help - 1);
    for (int i = 0; i < FAMILIES; i++) {
        (void)snprintf(place.names[i], sizeof place.names[i], "job_level_%02d", i);
        place.rows[i] = (tacho_desc){ .gauge = &place.handles[i], .name = place.names[i], .help = place.help };
    }
    place.reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    return TACHO_DEFINE(place.reg, place.rows) ? -1 : 0;
}

static int place_remove(void **state)
{
    (void)state;
    DIR *dir = opendir(place.dir);
    for (struct dirent *entry; dir && (entry = readdir(dir));) (void)unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir) (void)closedir(dir);
    tacho_registry_free(place.reg);
    return rmdir(place.dir);
}

/* ---- What is there ----------------------------------------------------------------------------------------------- */

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The bytes of a file, with a NUL behind them; NULL: there is none. */
static char *get(const char *path, size_t *len)
{
    FILE *file = fopen(path, "r");
    if (!file) return NULL;
    char *bytes = malloc(1 << 20);
    *len = bytes ? fread(bytes, 1, (1 << 20) - 1, file) : 0;
    (void)fclose(file);
    if (bytes) bytes[*len] = '\0';
    return bytes;
}

static void assert_file(const char *path, const char *want)
{
    size_t len;
    char *bytes = get(path, &len);
    assert_non_null(bytes);
    assert_string_equal(bytes, want);
    free(bytes);
}

static void assert_page_in_file(tacho_scrape_options options)
{
    struct page page = page_take(place.reg, options, 0);
    assert_file(place.path, page.data);
    page_free(&page);
}

static void assert_entries(size_t want)
{
    size_t count = 0;
    DIR *dir = opendir(place.dir);
    assert_non_null(dir);
    while (readdir(dir)) count++;
    (void)closedir(dir);
    assert_int_equal(count, want + 2);
}

static mode_t mode_of(const char *path)
{
    struct stat stat;
    assert_int_equal(lstat(path, &stat), 0);
    return stat.st_mode;
}

static void assert_words(const char *words)
{
    const char *error = tacho_registry_error(place.reg);
    if (!error || !strstr(error, words)) fail_msg("\"%s\" does not say \"%s\"", error ? error : "(nothing)", words);
}

static void assert_refused(const char *path, int error, const char *words)
{
    errno = 0;
    assert_int_equal(tacho_textfile_write(place.reg, path, NULL), TACHO_ERR_IO);
    assert_int_equal(errno, error);
    assert_words(words);
    assert_words(path);
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static void the_file_is_the_page_in_text_and_nothing_else_is_left(void **state)
{
    (void)state;
    tacho_gauge_set(place.handles[3], 1.5);
    assert_int_equal(tacho_textfile_write(place.reg, place.path, NULL), TACHO_OK);
    assert_page_in_file(PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES));
    assert_entries(1);
}

static void a_file_that_is_there_is_replaced(void **state)
{
    (void)state;
    put(place.path, OLD);
    assert_int_equal(tacho_textfile_write(place.reg, place.path, NULL), TACHO_OK);
    assert_page_in_file(PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES));
    assert_entries(1);
}

static void everybody_may_read_it_whatever_the_umask_says(void **state)
{
    (void)state;
    mode_t before = umask(077);
    assert_int_equal(tacho_textfile_write(place.reg, place.path, NULL), TACHO_OK);
    assert_int_equal(mode_of(place.path), S_IFREG | 0644);
    (void)umask(0);
    const tacho_textfile_options narrow = { .mode = 0640 };
    assert_int_equal(tacho_textfile_write(place.reg, place.path, &narrow), TACHO_OK);
    assert_int_equal(mode_of(place.path), S_IFREG | 0640);
    (void)umask(before);
}

static void what_is_written_and_how_is_an_option(void **state)
{
    (void)state;
    const char *const names[] = { "job_level_07" };
    const tacho_scrape_options scrapes[] = {
        { .names = names, .name_count = 1 },
        { .format = TACHO_OPENMETRICS },
        { .format = TACHO_JSON, .names = names, .name_count = 1, .no_wait = 1 },
    };
    for (size_t i = 0; i < TACHO_COUNT(scrapes); i++) {
        const tacho_textfile_options options = { .scrape = &scrapes[i] };
        assert_int_equal(tacho_textfile_write(place.reg, place.path, &options), TACHO_OK);
        assert_page_in_file(scrapes[i]);
    }
}

static void a_path_without_a_directory_is_in_the_present_one(void **state)
{
    (void)state;
    char *before = getcwd(NULL, 0);
    assert_int_equal(chdir(place.dir), 0);
    tacho_err err = tacho_textfile_write(place.reg, "page.prom", NULL);
    assert_int_equal(chdir(before), 0);
    free(before);
    assert_int_equal(err, TACHO_OK);
    assert_page_in_file(PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES));
}

static void options_that_make_no_sense_are_refused(void **state)
{
    static const tacho_constant faulty[] = { { "le", "v" }, { NULL, NULL } };
    (void)state;
    const tacho_scrape_options format = { .format = (tacho_format)99 }, escaping = { .escaping = (tacho_escaping)99 },
                               names = { .name_count = 1 }, constants = { .constants = faulty };
    const struct {
        const char *path;
        tacho_textfile_options options;
        const char *words;
    } cases[] = {
        { NULL, { 0 }, "the path is missing" },
        { "", { 0 }, "the path is missing" },
        { "/tmp/", { 0 }, "ends in '/'" },
        { place.path, { .mode = 01644 }, "the mode" },
        { place.path, { .scrape = &format }, "no such format" },
        { place.path, { .scrape = &escaping }, "no such escaping" },
        { place.path, { .scrape = &names }, "the names" },
        { place.path, { .scrape = &constants }, "label 'le'" },
    };
    for (size_t i = 0; i < TACHO_COUNT(cases); i++) {
        assert_int_equal(tacho_textfile_write(place.reg, cases[i].path, &cases[i].options), TACHO_ERR_ARG);
        assert_words(cases[i].words);
    }
    assert_int_equal(tacho_textfile_write(NULL, place.path, NULL), TACHO_ERR_ARG);
    assert_entries(0);
}

/* ---- What goes wrong --------------------------------------------------------------------------------------------- */

static void a_disk_that_is_full_leaves_the_old_file_and_raises_no_signal(void **state)
{
    (void)state;
    struct rlimit before, small;
    put(place.path, OLD);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 20000; /* the page has more */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    errno = 0;
    tacho_err err = tacho_textfile_write(place.reg, place.path, NULL);
    int error = errno;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(err, TACHO_ERR_IO);
    assert_int_equal(error, EFBIG);
    assert_words("larger than is allowed");
    assert_words(place.path);
    assert_file(place.path, OLD);
    assert_entries(1);
}

static void what_is_no_file_is_not_replaced(void **state)
{
    (void)state;
    char other[96];
    (void)snprintf(other, sizeof other, "%s/other", place.dir);
    put(other, OLD);
    assert_int_equal(symlink("other", place.path), 0);
    assert_refused(place.path, ELOOP, "symbolic link");
    assert_file(other, OLD);
    assert_true(S_ISLNK(mode_of(place.path)));
    assert_int_equal(unlink(other), 0);
    assert_refused(place.path, ELOOP, "symbolic link");
    assert_int_equal(unlink(place.path), 0);
    assert_int_equal(mkfifo(place.path, 0600), 0);
    assert_refused(place.path, EEXIST, "other than a file");
    assert_entries(1);
    assert_refused("/dev/null", EEXIST, "other than a file");
    assert_true(S_ISCHR(mode_of("/dev/null")));
    (void)snprintf(other, sizeof other, "%s/.", place.dir);
    assert_refused(other, EISDIR, "directory");
}

static void a_directory_that_is_not_there_is_told(void **state)
{
    (void)state;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/none/page.prom", place.dir);
    assert_refused(path, ENOENT, "no such file or directory");
    put(place.path, OLD);
    (void)snprintf(path, sizeof path, "%s/page.prom", place.path);
    assert_refused(path, ENOTDIR, "no directory");
    char *longer = malloc(400);
    assert_non_null(longer);
    (void)snprintf(longer, 400, "%s/%0300d", place.dir, 0);
    assert_refused(longer, ENAMETOOLONG, "too long");
    free(longer);
    assert_file(place.path, OLD);
    assert_entries(1);
}

static void a_directory_that_may_not_be_written_to_keeps_its_file(void **state)
{
    (void)state;
    bool root = geteuid() == 0;
    put(place.path, OLD);
    assert_int_equal(chmod(place.dir, 0555), 0);
    if (root) assert_int_equal(seteuid(NOBODY), 0);
    errno = 0;
    tacho_err err = tacho_textfile_write(place.reg, place.path, NULL);
    int error = errno;
    if (root) assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(place.dir, 0755), 0);
    assert_int_equal(err, TACHO_ERR_IO);
    assert_int_equal(error, EACCES);
    assert_words("permission denied");
    assert_file(place.path, OLD);
    assert_entries(1);
}

/* 'f': a file is flushed, 'r': it is renamed, 'd': a directory is flushed. */
static struct {
    char calls[8];
    size_t count;
    char failing; /* which of them fails, with `error` */
    int error;
    int flags; /* of the file that was made last, and its name */
    mode_t mode;
    char name[64];
} disk;

static bool disk_fails(char call)
{
    if (disk.count < sizeof disk.calls - 1) disk.calls[disk.count++] = call;
    if (disk.failing != call) return false;
    errno = disk.error;
    return true;
}

int openat(int dir, const char *name, int flags, ...)
{
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
        disk.flags = flags;
        disk.mode = mode;
        (void)snprintf(disk.name, sizeof disk.name, "%s", name);
    }
    return (int)syscall(SYS_openat, dir, name, flags, mode);
}

int fsync(int fd)
{
    struct stat stat;
    if (fstat(fd, &stat) != 0) return -1;
    return disk_fails(S_ISDIR(stat.st_mode) ? 'd' : 'f') ? -1 : (int)syscall(SYS_fsync, fd);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    return disk_fails('r') ? -1 : (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, 0);
}

static tacho_err write_on_disk(char failing, int error)
{
    memset(&disk, 0, sizeof disk);
    disk.failing = failing;
    disk.error = error;
    tacho_err err = tacho_textfile_write(place.reg, place.path, NULL);
    disk.failing = 0;
    return err;
}

static void the_file_is_on_the_disk_before_it_has_its_name_and_then_the_name_is(void **state)
{
    (void)state;
    assert_int_equal(write_on_disk(0, 0), TACHO_OK);
    assert_string_equal(disk.calls, "frd");
}

static void the_temporary_file_is_nobody_elses(void **state)
{
    (void)state;
    const int flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    char before[sizeof disk.name] = "";
    for (int i = 0; i < 3; i++) {
        assert_int_equal(write_on_disk(0, 0), TACHO_OK);
        assert_int_equal(disk.flags & flags, flags);
        assert_int_equal(disk.mode, 0600);
        assert_string_not_equal(disk.name, before);
        assert_int_equal(strncmp(disk.name, ".tacho-", 7), 0);
        assert_null(strstr(disk.name, ".prom")); /* which node_exporter would read */
        memcpy(before, disk.name, sizeof before);
    }
}

static void a_disk_that_fails_leaves_the_old_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        put(place.path, OLD);
        assert_int_equal(write_on_disk("fr"[i], EIO), TACHO_ERR_IO);
        assert_int_equal(errno, EIO);
        assert_words(place.path);
        assert_file(place.path, OLD);
        assert_entries(1);
    }
    assert_int_equal(write_on_disk('d', EIO), TACHO_ERR_IO);
    assert_words("written, but");
    assert_page_in_file(PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES));
    assert_int_equal(write_on_disk('d', EINVAL), TACHO_OK); /* there are file systems that cannot */
}

static struct { size_t calls, fail_at; } heap;

static bool heap_hook(size_t size)
{
    (void)size;
    return ++heap.calls != heap.fail_at;
}

static void memory_that_runs_out_leaves_the_old_file(void **state)
{
    (void)state;
    tacho_err err = TACHO_ERR_NOMEM;
    put(place.path, OLD);
    for (heap.fail_at = 1; err; heap.fail_at++) {
        heap.calls = 0;
        tacho__alloc_hook = heap_hook;
        err = tacho_textfile_write(place.reg, place.path, NULL);
        tacho__alloc_hook = TACHO__NO_HOOK;
        if (!err) break;
        assert_int_equal(err, TACHO_ERR_NOMEM);
        assert_words("memory");
        assert_file(place.path, OLD);
        assert_entries(1);
    }
    assert_true(heap.fail_at > 3);
    assert_page_in_file(PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES));
}

static void a_scrape_that_fails_leaves_the_old_file(void **state)
{
    (void)state;
    const tacho_textfile_options options = { .scrape = &(tacho_scrape_options){ .format = TACHO_PROTOBUF } };
    size_t budget, used = tacho_registry_memory(place.reg, &budget);
    assert_true(tacho__segment_charge(&place.reg->segment, budget - used)); /* protobuf needs some */
    put(place.path, OLD);
    assert_int_equal(tacho_textfile_write(place.reg, place.path, &options), TACHO_ERR_NOMEM);
    assert_words("nothing to write");
    assert_words(place.path);
    assert_file(place.path, OLD);
    assert_entries(1);
}

static void a_signal_of_somebody_else_is_left_to_him(void **state)
{
    (void)state;
    sigset_t only, before, pending;
    (void)sigemptyset(&only);
    (void)sigaddset(&only, SIGXFSZ);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &only, &before), 0);
    assert_int_equal(pthread_kill(pthread_self(), SIGXFSZ), 0);
    assert_int_equal(tacho_textfile_write(place.reg, place.path, NULL), TACHO_OK);
    assert_int_equal(sigpending(&pending), 0);
    assert_int_equal(sigismember(&pending, SIGXFSZ), 1);
    int taken;
    assert_int_equal(sigwait(&only, &taken), 0);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
}

/* ---- Readers ----------------------------------------------------------------------------------------------------- */

static struct { atomic_bool over; atomic_uint reads, faults; } reader;

/* The first and the last family of a page have the same number. */
static void *read_on(void *arg)
{
    (void)arg;
    while (!atomic_load(&reader.over)) {
        size_t len = 0;
        char why[256], *bytes = get(place.path, &len);
        struct exposition *page = bytes ? exposition_parse(bytes, len, why, sizeof why) : NULL;
        bool whole = page && page->count == FAMILIES &&
                     exposition_value(page, place.names[0]) == exposition_value(page, place.names[FAMILIES - 1]);
        if (!whole) atomic_fetch_add(&reader.faults, 1);
        atomic_fetch_add(&reader.reads, 1);
        exposition_free(page);
        free(bytes);
    }
    return NULL;
}

static void who_reads_meanwhile_never_sees_a_part(void **state)
{
    (void)state;
    pthread_t thread;
    assert_int_equal(tacho_textfile_write(place.reg, place.path, NULL), TACHO_OK);
    assert_int_equal(pthread_create(&thread, NULL, read_on, NULL), 0);
    for (unsigned i = 1; i < 50 || atomic_load(&reader.reads) < 50; i++) {
        for (size_t j = 0; j < FAMILIES; j++) tacho_gauge_set(place.handles[j], i);
        if (tacho_textfile_write(place.reg, place.path, NULL)) atomic_fetch_add(&reader.faults, 1);
    }
    atomic_store(&reader.over, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(atomic_load(&reader.faults), 0);
    assert_entries(1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_file_is_the_page_in_text_and_nothing_else_is_left),
        TEST(a_file_that_is_there_is_replaced),
        TEST(everybody_may_read_it_whatever_the_umask_says),
        TEST(what_is_written_and_how_is_an_option),
        TEST(a_path_without_a_directory_is_in_the_present_one),
        TEST(options_that_make_no_sense_are_refused),
        TEST(a_disk_that_is_full_leaves_the_old_file_and_raises_no_signal),
        TEST(what_is_no_file_is_not_replaced),
        TEST(a_directory_that_is_not_there_is_told),
        TEST(a_directory_that_may_not_be_written_to_keeps_its_file),
        TEST(the_file_is_on_the_disk_before_it_has_its_name_and_then_the_name_is),
        TEST(the_temporary_file_is_nobody_elses),
        TEST(a_disk_that_fails_leaves_the_old_file),
        TEST(memory_that_runs_out_leaves_the_old_file),
        TEST(a_scrape_that_fails_leaves_the_old_file),
        TEST(a_signal_of_somebody_else_is_left_to_him),
        TEST(who_reads_meanwhile_never_sees_a_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
