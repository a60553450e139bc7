// A program of two files, compiled twice from this one, that both count through the same inlines: C++ keeps one copy of
// each, and the sections that belong to it. Not inlined, the copies are functions.
#include <atomic>
#include <cstdio>

#include <tacho/tacho.h>

#ifdef OTHER_FILE
void count_elsewhere(tacho_counter *counter)
{
    tacho_counter_inc(counter);
}
#else
void count_elsewhere(tacho_counter *counter);

static tacho_counter *ticks;
static tacho_counter_vec *jobs;

// Numbers of the program's own, told apart by their types.
static struct { std::atomic<uint32_t> packets; double load; bool on; short level; } stats;
static_assert(TACHO_MIRROR_KIND(stats.packets) == TACHO_MIRROR_UNSIGNED && TACHO_MIRROR_KIND(stats.on) == TACHO_MIRROR_UNSIGNED &&
              TACHO_MIRROR_KIND(stats.load) == TACHO_MIRROR_FLOAT && TACHO_MIRROR_KIND(stats.level) == TACHO_MIRROR_SIGNED, "kinds");
static const tacho_mirror_source sources[] = { TACHO_NUMBER(stats.packets), TACHO_NUMBER(stats.load), TACHO_NUMBER(stats.level) };

static bool shows_its_own(tacho_registry *reg)
{
    static tacho_mirror rows[3] = {};
    static const char *const names[] = { "packets", "load", "level" };
    for (int i = 0; i < 3; i++) {
        rows[i].desc.type = TACHO_GAUGE;
        rows[i].desc.name = names[i];
        rows[i].desc.help = "The program's own.";
        rows[i].from = sources[i];
    }
    return TACHO_MIRROR(reg, rows) == TACHO_OK && tacho_process_add(reg, nullptr, nullptr) == TACHO_OK;
}

int main()
{
    tacho_desc rows[2] = {};
    rows[0].counter = &ticks;
    rows[0].name = "ticks_total";
    rows[1].counter_vec = &jobs;
    rows[1].name = "jobs_total";
    rows[1].labels[0] = "queue";
    for (auto &row : rows) row.help = "Counted in two files.";
    tacho_registry *reg = tacho_registry_new(nullptr);
    if (TACHO_DEFINE(reg, rows)) {
        std::fprintf(stderr, "%s\n", tacho_registry_error(reg));
        return 1;
    }
    if (!shows_its_own(reg)) return 1;
    for (int i = 0; i < 1000; i++) {
        tacho_counter_inc(ticks);
        count_elsewhere(ticks);
        count_elsewhere(tacho_counter_at(jobs, TACHO_LABELS("mail")));
    }
    bool exact = tacho_counter_value(ticks) == 2000 && tacho_counter_value(tacho_counter_at(jobs, TACHO_LABELS("mail"))) == 1000;
    tacho_registry_free(reg);
    return exact ? 0 : 1;
}
#endif
