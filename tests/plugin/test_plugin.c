/*
 * test_plugin.c - plugins that count: loaded, unloaded under the feet of threads that counted in them, loaded again;
 * for their host's handles and in registries of their own.
 *
 * Built as four hosts: with the static library, exporting its symbols to plugins or keeping them, with the shared
 * library, and with a library that does without restartable sequences.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "plugin.h"
#include "support/stress.h"

/* The ways in which a plugin may come by its tacho. */
static const struct form {
    const char *name, *path;
} forms[] = {
    { "a static library of its own", PLUGIN_STATIC },
    { "a shared library of its own", PLUGIN_SHARED },
#if defined(PLUGIN_INLINES) /* this host exports what these lack */
    { "the headers only", PLUGIN_INLINES },
    { "the headers only, without sequences", PLUGIN_ATOMIC },
#endif
};

#define EACH_FORM(form) (const struct form *form = forms; form < forms + TACHO_COUNT(forms); form++)

static struct kinds host;

#if defined(TACHO_SANITIZED)
/* AddressSanitizer's search for globals defined twice does not survive that a library with some is unloaded. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_odr_violation=0";
}
#endif

/* ---- Loading and unloading ---------------------------------------------------------------------------------- */

struct loaded {
    void *library;
    const struct plugin *plugin;
};

static struct loaded load(const char *path)
{
    struct loaded loaded = { dlopen(path, RTLD_NOW | RTLD_LOCAL), NULL };
    if (loaded.library) loaded.plugin = dlsym(loaded.library, "plugin_door");
    if (!loaded.plugin) (void)stress_say("cannot load: %s", dlerror());
    return loaded;
}

/* False: something still holds it. */
static bool unload(struct loaded loaded, const char *path)
{
    if (dlclose(loaded.library) != 0) return stress_say("cannot unload: %s", dlerror());
    void *still = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
    if (still) (void)dlclose(still);
    return !still;
}

/* ---- Threads that outlive the code that counted in them ---------------------------------------------------------- */

enum { CREW = 3, ROUNDS = 30, UPDATES = 1000, LAST_UPDATES = 400, SWITCHES = 10 };

static struct crew {
    pthread_barrier_t together;
    const char *path;
    struct loaded loaded;
    _Atomic int switched; /* how many were set aside often enough, in all rounds */
    _Atomic bool failed;
} crew;

static _Thread_local volatile sig_atomic_t interrupted;

static void be_interrupted(int signal)
{
    (void)signal;
    interrupted = 1;
}

static long switches_so_far(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw + usage.ru_nivcsw : 0;
}

/* Until the system has set each of the crew aside, and interrupted it: that is when it looks at announced sequences. */
static void be_set_aside(int round)
{
    long before = switches_so_far();
    bool reported = false;
    interrupted = 0;
    (void)pthread_kill(pthread_self(), SIGUSR1);
    while (!interrupted || atomic_load(&crew.switched) < (round + 1) * CREW) {
        (void)sched_yield();
        if (reported || switches_so_far() - before < SWITCHES) continue;
        atomic_fetch_add(&crew.switched, 1);
        reported = true;
    }
}

static void crew_must(bool ok)
{
    if (!ok) atomic_store(&crew.failed, true);
}

static void crew_load(void)
{
    crew.loaded = load(crew.path);
    crew_must(crew.loaded.plugin != NULL);
    if (crew.loaded.plugin && crew.loaded.plugin->open) crew_must(crew.loaded.plugin->open());
}

/* By one of them, right after it counted there for the last time. */
static void crew_unload(void)
{
    const struct plugin *plugin = crew.loaded.plugin;
    if (plugin->open) {
        crew_must(plugin->own_are((uint64_t)CREW * UPDATES));
        plugin->close();
    }
    plugin->count(&host, LAST_UPDATES);
    crew_must(unload(crew.loaded, crew.path));
}

static void *live_through_it(void *arg)
{
    int self = (int)(intptr_t)arg;
    for (int round = 0; round < ROUNDS; round++) {
        if (self == round % CREW) crew_load();
        (void)pthread_barrier_wait(&crew.together);
        if (!crew.loaded.plugin) return NULL;
        crew.loaded.plugin->count(&host, UPDATES);
        if (crew.loaded.plugin->open) crew.loaded.plugin->count_own(UPDATES);
        (void)pthread_barrier_wait(&crew.together);
        if (self == round % CREW) crew_unload();
        (void)pthread_barrier_wait(&crew.together);
        be_set_aside(round);
        (void)pthread_barrier_wait(&crew.together);
    }
    return NULL;
}

/* All on one CPU, so that they take turns. */
static void start_crew(pthread_t *threads)
{
    cpu_set_t before, one;
    int cpu = sched_getcpu();
    CPU_ZERO(&one);
    CPU_SET((size_t)(cpu >= 0 ? cpu : 0), &one);
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    (void)sched_setaffinity(0, sizeof one, &one);
    for (intptr_t i = 0; i < CREW; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, live_through_it, (void *)i), 0);
    (void)sched_setaffinity(0, sizeof before, &before);
}

static void threads_outlive_the_plugin_that_counted_in_them_and_count_in_it_again(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    (void)signal(SIGUSR1, be_interrupted);
    for EACH_FORM(form) {
        pthread_t threads[CREW];
        print_message("a plugin with %s\n", form->name);
        assert_true(kinds_open(&host, NULL));
        memset(&crew, 0, sizeof crew);
        crew.path = form->path;
        assert_int_equal(pthread_barrier_init(&crew.together, NULL, CREW), 0);
        start_crew(threads);
        for (int i = 0; i < CREW; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
        (void)pthread_barrier_destroy(&crew.together);
        assert_false(atomic_load(&crew.failed));
        assert_true(kinds_are(&host, (uint64_t)ROUNDS * (CREW * UPDATES + LAST_UPDATES)));
        kinds_close(&host);
    }
    (void)signal(SIGUSR1, SIG_DFL);
    stress_end();
}

/* ---- A library of the plugin's own beside the host's ------------------------------------------------------------- */

struct both {
    pthread_t thread;
    const struct plugin *plugin;
    char name[8];
};

static void *count_in_both(void *arg)
{
    struct both *both = arg;
    for (int i = 0; i < 50; i++) {
        kinds_count(&host, 40);
        tacho_counter_add_at(host.named, TACHO_LABELS(both->name), 40);
        both->plugin->count_own(20);
    }
    return NULL;
}

static void check_by_name(double wanted)
{
    struct exposition *page = stress_scrape_valid(host.reg);
    assert_true(exposition_value(page, "named_total{name=\"t0\"}") == wanted);
    assert_true(exposition_sum(page, "named_total") == 4 * wanted);
    exposition_free(page);
}

static void a_host_and_a_plugin_with_a_library_of_its_own_leave_each_others_registries_alone(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for EACH_FORM(form) {
        struct loaded loaded = load(form->path);
        struct both threads[4];
        assert_non_null(loaded.plugin);
        if (loaded.plugin->open) {
            assert_true(kinds_open(&host, NULL));
            assert_true(loaded.plugin->open());
            for (size_t i = 0; i < TACHO_COUNT(threads); i++) {
                threads[i].plugin = loaded.plugin;
                (void)snprintf(threads[i].name, sizeof threads[i].name, "t%u", (unsigned)i);
                assert_int_equal(pthread_create(&threads[i].thread, NULL, count_in_both, &threads[i]), 0);
            }
            for (size_t i = 0; i < TACHO_COUNT(threads); i++) (void)pthread_join(threads[i].thread, NULL);
            assert_true(kinds_are(&host, 4 * 50 * 40));
            assert_true(loaded.plugin->own_are(4 * 50 * 20));
            check_by_name(50 * 40);
            loaded.plugin->close();
            assert_true(kinds_are(&host, 4 * 50 * 40));
            check_by_name(50 * 40);
            kinds_close(&host);
        }
        assert_true(unload(loaded, form->path));
    }
    stress_end();
}

static int count_in_child(void *arg)
{
    kinds_count(&host, 40);
    tacho_counter_inc_at(host.named, TACHO_LABELS("child"));
    return kinds_are(&host, *(uint64_t *)arg + 40) ? 0 : 1;
}

static void a_process_forks_and_counts_on_after_it_unloaded_a_plugin_any_number_of_times(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    assert_true(kinds_open(&host, NULL));
    uint64_t counted = 0;
    for EACH_FORM(form) {
        for (size_t round = stress_scaled(30); round; round--) {
            struct loaded loaded = load(form->path);
            assert_non_null(loaded.plugin);
            if (loaded.plugin->open) {
                assert_true(loaded.plugin->open());
                loaded.plugin->count_own(40);
                assert_true(loaded.plugin->own_are(40));
                loaded.plugin->close();
            }
            assert_true(unload(loaded, form->path));
            kinds_count(&host, 40);
            tacho_counter_inc_at(host.named, TACHO_LABELS("parent"));
            counted += 40;
        }
        assert_int_equal(stress_wait(stress_fork(count_in_child, &counted)), 0);
        assert_true(kinds_are(&host, counted));
    }
    kinds_close(&host);
    stress_end();
}

/* ---- One handle, two libraries ------------------------------------------------------------------ */

static int count_for_a_stranger(void *arg)
{
    const struct form *form = arg;
    struct loaded loaded = load(form->path);
    if (!loaded.plugin) return 2;
    loaded.plugin->count(&host, 40); /* having never made a registry */
    loaded.plugin->count(&host, 40);
    if (!unload(loaded, form->path)) return 3;
    return kinds_are(&host, 80) ? 0 : 1;
}

static void a_library_that_never_made_a_registry_counts_for_handles_of_another(void **state)
{
    (void)state;
    stress_begin(__func__, 30);
    for EACH_FORM(form) {
        assert_true(kinds_open(&host, NULL));
        int end = stress_wait(stress_fork(count_for_a_stranger, (void *)(uintptr_t)form));
        if (end != 0) fail_msg("with %s: %d", form->name, end);
        kinds_close(&host);
    }
    stress_end();
}

/* What a caller of the shared library reaches that compiled no inlines: another language, or no optimisation. */
struct twins {
    tacho_registry *(*registry_new)(const tacho_registry_options *options);
    void (*counter_inc)(tacho_counter *counter);
    void (*counter_add)(tacho_counter *counter, uint64_t n);
    void (*gauge_set)(tacho_gauge *gauge, double value);
    void (*gauge_inc)(tacho_gauge *gauge);
    void (*gauge_dec)(tacho_gauge *gauge);
    void (*gauge_sub)(tacho_gauge *gauge, double delta);
};

static void find(void *library, const char *name, void *function, size_t size)
{
    void *address = dlsym(library, name);
    if (!address) fail_msg("the shared library has no %s", name);
    memcpy(function, &address, size);
}

#define FIND(twins, library, name) find((library), "tacho_" #name, &(twins)->name, sizeof (twins)->name)

static void find_twins(struct twins *twins, void *library)
{
    FIND(twins, library, registry_new);
    FIND(twins, library, counter_inc);
    FIND(twins, library, counter_add);
    FIND(twins, library, gauge_set);
    FIND(twins, library, gauge_inc);
    FIND(twins, library, gauge_dec);
    FIND(twins, library, gauge_sub);
}

static void count_both_ways(const struct twins *twins, tacho_gauge *level)
{
    for (int i = 1; i <= 1000; i++) {
        tacho_counter_inc(host.whole);
        twins->counter_inc(host.whole);
        tacho_counter_add(host.whole, 2);
        twins->counter_add(host.whole, 3);
        twins->gauge_inc(host.flying);
        tacho_gauge_inc(host.flying);
        twins->gauge_dec(host.flying);
        twins->gauge_set(level, i);
        assert_true(tacho_gauge_value(level) == i);
        twins->gauge_sub(level, 0.5);
        tacho_gauge_sub(level, 0.25);
    }
}

static void inlines_and_the_functions_of_the_shared_library_count_into_the_same_totals(void **state)
{
    static tacho_gauge *level;
    static const tacho_desc row[] = { { .gauge = &level, .name = "level", .help = "Set." } };
    struct twins twins;
    (void)state;
    void *library = dlopen(LIBRARY_SHARED, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    find_twins(&twins, library);
    tacho_registry *of_its_own = twins.registry_new(NULL);
    assert_non_null(of_its_own);
    assert_true(kinds_open(&host, NULL));
    assert_int_equal(TACHO_DEFINE(host.reg, row), TACHO_OK);
    count_both_ways(&twins, level);
    assert_true(tacho_counter_value(host.whole) == 7000);
    assert_true(tacho_gauge_value(host.flying) == 1000);
    assert_true(tacho_gauge_value(level) == 999.25);
    kinds_close(&host);
    void (*release)(tacho_registry *reg);
    find(library, "tacho_registry_free", &release, sizeof release);
    release(of_its_own);
    assert_int_equal(dlclose(library), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_outlive_the_plugin_that_counted_in_them_and_count_in_it_again),
        cmocka_unit_test(a_host_and_a_plugin_with_a_library_of_its_own_leave_each_others_registries_alone),
        cmocka_unit_test(a_process_forks_and_counts_on_after_it_unloaded_a_plugin_any_number_of_times),
        cmocka_unit_test(a_library_that_never_made_a_registry_counts_for_handles_of_another),
        cmocka_unit_test(inlines_and_the_functions_of_the_shared_library_count_into_the_same_totals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
