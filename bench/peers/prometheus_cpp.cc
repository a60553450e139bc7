// prometheus_cpp.cc - the rows of tacho_bench on prometheus-cpp.
//
// Each row runs in a process of its own, so that no row finds memory or caches that another one left.
// Updates go through kept references, lookups through Family::Add, which is how this library finds a series.
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <ostream>
#include <streambuf>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Registry;

struct row {
    const char *name;
    int threads;
    void (*run)(const row &);
    uint64_t size; // series, or values of each varying label
};

const char usage[] =
    "usage: prometheus_cpp [--quick] [--list] [NAME...]\n"
    "Print the rows named (all by default) as tacho_bench does: name, threads, value, unit.\n"
    "  --quick   fewer and shorter rounds; the rows of a million series only if named\n"
    "  --list    the names\n";

bool quick;

[[noreturn]] void give_up(const char *name, const std::string &why)
{
    fprintf(stderr, "prometheus_cpp: %s: %s\n", name, why.c_str());
    exit(1);
}

void expect(const char *name, const char *what, double counted, double expected)
{
    if (counted == expected) return;
    give_up(name, std::string(what) + " is " + std::to_string(counted) + ", expected " + std::to_string(expected));
}

void print(const row &self, double value, const char *unit)
{
    printf("%s\t%d\t%.3f\t%s\n", self.name, self.threads, value, unit);
}

uint64_t now_ns()
{
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

void pin(int number)
{
    cpu_set_t allowed, one;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed) || number-- > 0) continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        sched_setaffinity(0, sizeof one, &one);
        return;
    }
}

double median(std::vector<double> &all)
{
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

double resident_bytes()
{
    char line[256];
    double kib = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, "VmRSS:", 6) == 0) kib = atof(line + 6);
    if (status) fclose(status);
    return kib * 1024;
}

// ---- timed loops ----------------------------------------------------------------------------------------

using loop_fn = std::function<void(uint64_t rounds)>;

// From the first beginning to the last end; the threads look at the clock, because who waits has no CPU of its own.
double time_threads(int threads, uint64_t rounds, const loop_fn &loop)
{
    pthread_barrier_t line;
    pthread_barrier_init(&line, nullptr, static_cast<unsigned>(threads));
    std::vector<std::thread> all;
    std::vector<uint64_t> begins(threads), ends(threads);
    for (int i = 0; i < threads; i++)
        all.emplace_back([&, i] {
            pin(i);
            pthread_barrier_wait(&line);
            begins[i] = now_ns();
            loop(rounds);
            ends[i] = now_ns();
        });
    for (auto &one : all) one.join();
    pthread_barrier_destroy(&line);
    auto begin = std::min_element(begins.begin(), begins.end()), end = std::max_element(ends.begin(), ends.end());
    return static_cast<double>(*end - *begin);
}

uint64_t calibrate(int threads, double target_ns, const loop_fn &loop)
{
    uint64_t rounds = 1000;
    for (int step = 0; step < 30; step++) {
        double factor = target_ns / time_threads(threads, rounds, loop);
        if (factor > 0.5 && factor < 2 && step > 2) break;
        rounds = static_cast<uint64_t>(static_cast<double>(rounds) * std::min(8.0, std::max(0.5, factor))) + 1;
    }
    return rounds;
}

void time_loop(const row &self, const loop_fn &loop, const std::function<double()> &total)
{
    uint64_t rounds = calibrate(self.threads, quick ? 20e6 : 100e6, loop);
    std::vector<double> ns;
    for (int i = 0; i < (quick ? 7 : 15); i++) {
        double before = total();
        ns.push_back(time_threads(self.threads, rounds, loop) / static_cast<double>(rounds));
        expect(self.name, "the total", total() - before, static_cast<double>(rounds) * self.threads);
    }
    print(self, median(ns), "ns/op");
}

// ---- updates --------------------------------------------------------------------------------------------

const std::vector<double> bounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

// The same values in the same order as in update.c, spread over the buckets.
std::vector<double> observations()
{
    std::vector<double> all(1024);
    uint32_t state = 12345;
    for (auto &value : all) {
        state = state * 1664525u + 1013904223u;
        value = bounds[(state >> 16) % bounds.size()] * (1.0 - 1.0 / 64) * ((state >> 8) % 7 ? 1 : 2);
    }
    return all;
}

void counter_inc(const row &self)
{
    Registry registry;
    Counter &counter = prometheus::BuildCounter().Name("bench_inc_total").Help("Increased.").Register(registry).Add({});
    time_loop(self, [&](uint64_t rounds) {
        for (uint64_t i = 0; i < rounds; i++) counter.Increment();
    }, [&] { return counter.Value(); });
}

void gauge_set(const row &self)
{
    Registry registry;
    auto &gauge = prometheus::BuildGauge().Name("bench_set").Help("Last value.").Register(registry).Add({});
    double done = 0;
    time_loop(self, [&](uint64_t rounds) {
        for (uint64_t i = 1; i <= rounds; i++) gauge.Set(static_cast<double>(i));
        done += static_cast<double>(rounds);
        expect(self.name, "the last value", gauge.Value(), static_cast<double>(rounds));
    }, [&] { return done; });
}

void gauge_add(const row &self)
{
    Registry registry;
    auto &gauge = prometheus::BuildGauge().Name("bench_add").Help("Sum.").Register(registry).Add({});
    time_loop(self, [&](uint64_t rounds) {
        for (uint64_t i = 0; i < rounds; i++) gauge.Increment(1.0);
    }, [&] { return gauge.Value(); });
}

void histogram_observe(const row &self)
{
    Registry registry;
    auto &family = prometheus::BuildHistogram().Name("bench_seconds").Help("Times.").Register(registry);
    auto &histogram = family.Add({}, bounds);
    std::vector<double> values = observations();
    time_loop(self, [&](uint64_t rounds) {
        for (uint64_t i = 0; i < rounds; i++) histogram.Observe(values[i % 1024]);
    }, [&] { return static_cast<double>(histogram.Collect().histogram.sample_count); });
}

// ---- series ---------------------------------------------------------------------------------------------

std::vector<std::string> names(const char *format, uint32_t count)
{
    std::vector<std::string> all;
    char text[32];
    for (uint32_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, format, i);
        all.emplace_back(text);
    }
    return all;
}

// The same label sets as in population.c: the tenant changes fastest, then the path, then the method.
struct label_sets {
    std::vector<std::string> methods = names("method-%05u", 100), tenants = names("tenant-%05u", 100),
                             paths = names("/path/%06u", 100);
    uint32_t each = 100; // series that share a path before the next one comes

    static label_sets unique(uint64_t size)
    {
        label_sets all;
        all.paths = names("/item/%06u", static_cast<uint32_t>(size));
        all.each = 1;
        return all;
    }
    prometheus::Labels at(uint64_t i) const
    {
        const std::string &method = methods[i / 10000 % 100], &path = paths[i / each % paths.size()];
        return {{"method", method}, {"tenant", tenants[i % 100]}, {"path", path}};
    }
};

Family<Counter> &requests(Registry &registry)
{
    return prometheus::BuildCounter().Name("bench_requests_total").Help("Requests.").Register(registry);
}

double sum(const Registry &registry)
{
    double all = 0;
    for (auto &family : registry.Collect())
        for (auto &metric : family.metric) all += metric.counter.value;
    return all;
}

// The same order as in lookup.c.
std::vector<std::pair<uint8_t, uint8_t>> lookup_order(uint32_t each)
{
    std::vector<std::pair<uint8_t, uint8_t>> all(1 << 15);
    uint32_t state = each == 10 ? 1 : 2;
    for (auto &next : all) {
        state = state * 1664525u + 1013904223u;
        next = {static_cast<uint8_t>((state >> 8) % each), static_cast<uint8_t>((state >> 16) % each)};
    }
    return all;
}

void lookup(const row &self)
{
    Registry registry;
    Family<Counter> &family = requests(registry);
    uint32_t each = static_cast<uint32_t>(self.size);
    std::vector<std::string> tenants = names("tenant-%05u", each), paths = names("/path/%06u", each);
    auto at = [&](uint32_t tenant, uint32_t path) -> Counter & {
        return family.Add({{"method", "GET"}, {"tenant", tenants[tenant]}, {"path", paths[path]}});
    };
    for (uint32_t i = 0; i < each * each; i++) at(i % each, i / each);
    const auto order = lookup_order(each);
    time_loop(self, [&](uint64_t rounds) {
        for (uint64_t i = 0; i < rounds; i++) {
            auto &next = order[i % order.size()];
            at(next.first, next.second).Increment();
        }
    }, [&] { return sum(registry); });
}

void create(const row &self, const label_sets &sets)
{
    pin(0);
    double before = resident_bytes();
    Registry registry;
    Family<Counter> &family = requests(registry);
    uint64_t begin = now_ns();
    for (uint64_t i = 0; i < self.size; i++) family.Add(sets.at(i)).Increment();
    uint64_t end = now_ns();
    double after = resident_bytes(), size = static_cast<double>(self.size);
    expect(self.name, "the sum", sum(registry), size);
    print(self, static_cast<double>(end - begin) / size, "ns/op");
    print(self, (after - before) / size, "B/series");
    fflush(stdout);
    _exit(0); // freeing a million series would take longer than the measurement
}

void series_create(const row &self) { create(self, label_sets()); }
void series_create_unique(const row &self) { create(self, label_sets::unique(self.size)); }

// ---- scrapes --------------------------------------------------------------------------------------------

// A stream into a string that keeps its memory from scrape to scrape.
class page : public std::streambuf {
public:
    std::string text;

    void scrape(const Registry &registry)
    {
        text.clear();
        std::ostream out(this);
        prometheus::TextSerializer().Serialize(out, registry.Collect());
    }
protected:
    int overflow(int byte) override
    {
        text.push_back(static_cast<char>(byte));
        return byte;
    }
    std::streamsize xsputn(const char *data, std::streamsize len) override
    {
        text.append(data, static_cast<size_t>(len));
        return len;
    }
};

void time_scrapes(const row &self, const Registry &registry, double lines)
{
    pin(0);
    page out;
    std::vector<double> ns;
    out.scrape(registry);
    auto ends = std::count(out.text.begin(), out.text.end(), '\n');
    expect(self.name, "the number of lines", static_cast<double>(ends), lines + 2); // and HELP and TYPE
    uint64_t enough = now_ns() + (quick ? 500000000u : 4000000000u);
    while (ns.empty() || (ns.size() < (quick ? 5 : 25) && now_ns() < enough)) {
        uint64_t begin = now_ns();
        out.scrape(registry);
        ns.push_back(static_cast<double>(now_ns() - begin));
    }
    double each = median(ns);
    print(self, each / lines, "ns/line");
    print(self, static_cast<double>(out.text.size()) * 1000 / each, "MB/s");
    fflush(stdout);
    _exit(0);
}

void scrape_counters(const row &self, double (*value_of)(uint64_t))
{
    Registry registry;
    label_sets sets;
    Family<Counter> &family = requests(registry);
    for (uint64_t i = 0; i < self.size; i++) family.Add(sets.at(i)).Increment(value_of(i));
    time_scrapes(self, registry, static_cast<double>(self.size));
}

double whole(uint64_t i) { return static_cast<double>(i * i % 10000019); }
double fraction(uint64_t i) { return static_cast<double>(i) * 0.1 + 1 / 3.0; }
void scrape_counters_int(const row &self) { scrape_counters(self, whole); }
void scrape_counters_double(const row &self) { scrape_counters(self, fraction); }

void scrape_histograms(const row &self)
{
    Registry registry;
    label_sets sets;
    auto &family = prometheus::BuildHistogram().Name("bench_request_seconds").Help("Times.").Register(registry);
    for (uint64_t i = 0; i < self.size; i++) {
        auto &histogram = family.Add(sets.at(i), bounds);
        for (uint64_t k = 0; k < 100; k++) histogram.Observe(static_cast<double>(i + k) * 0.001);
    }
    time_scrapes(self, registry, static_cast<double>(self.size) * 14);
}

// ---- increments while another thread scrapes ------------------------------------------------------------

struct latencies {
    std::vector<uint64_t> bins = std::vector<uint64_t>(1 << 20); // by nanosecond; what is longer counts in the last
    uint64_t count = 0, longest = 0;

    void add(uint64_t ns)
    {
        bins[std::min<uint64_t>(ns, bins.size() - 1)]++;
        longest = std::max(longest, ns);
        count++;
    }
    double at(double share) const
    {
        uint64_t seen = 0;
        size_t ns = 0;
        while (ns + 1 < bins.size() && static_cast<double>(seen += bins[ns]) < share * static_cast<double>(count)) ns++;
        return static_cast<double>(ns + 1 < bins.size() ? ns : longest);
    }
};

void inc_during_scrape(const row &self)
{
    Registry registry;
    label_sets sets;
    Family<Counter> &family = requests(registry);
    for (uint64_t i = 0; i < self.size; i++) family.Add(sets.at(i));
    Counter &counter = family.Add(sets.at(self.size / 2));
    std::atomic<int> scrapes{0};
    std::atomic<bool> stop{false};
    std::thread scraper([&] {
        pin(1);
        page out;
        for (; !stop; scrapes++) out.scrape(registry);
    });
    pin(0);
    while (scrapes == 0) sched_yield();
    latencies seen;
    for (uint64_t last = now_ns(), now; seen.count < 9000000 || scrapes < 3; last = now) {
        counter.Increment();
        now = now_ns();
        seen.add(now - last);
    }
    stop = true;
    scraper.join();
    expect(self.name, "the counter", counter.Value(), static_cast<double>(seen.count));
    print(self, seen.at(0.99), "p99_ns");
    print(self, seen.at(0.9999), "p99.99_ns");
    print(self, static_cast<double>(seen.longest), "max_ns");
}

// ---- the rows -------------------------------------------------------------------------------------------

const row rows[] = {
    {"counter_inc", 1, counter_inc, 0},
    {"counter_inc", 2, counter_inc, 0},
    {"gauge_set", 1, gauge_set, 0},
    {"gauge_add", 1, gauge_add, 0},
    {"gauge_add", 2, gauge_add, 0},
    {"histogram_observe", 1, histogram_observe, 0},
    {"histogram_observe", 2, histogram_observe, 0},
    {"lookup_100", 1, lookup, 10},
    {"lookup_100", 2, lookup, 10},
    {"lookup_10000", 1, lookup, 100},
    {"lookup_10000", 2, lookup, 100},
    {"series_create_100000", 1, series_create, 100000},
    {"series_create_1000000", 1, series_create, 1000000},
    {"series_create_unique_1000000", 1, series_create_unique, 1000000},
    {"scrape_counters_int_100000", 1, scrape_counters_int, 100000},
    {"scrape_counters_int_1000000", 1, scrape_counters_int, 1000000},
    {"scrape_counters_double_100000", 1, scrape_counters_double, 100000},
    {"scrape_counters_double_1000000", 1, scrape_counters_double, 1000000},
    {"scrape_histograms_1000", 1, scrape_histograms, 1000},
    {"inc_during_scrape", 1, inc_during_scrape, 100000},
};

bool is_chosen(const row &one, char **chosen)
{
    if (!*chosen) return !(quick && one.size >= 1000000);
    for (; *chosen; chosen++)
        if (strcmp(*chosen, one.name) == 0) return true;
    return false;
}

bool run_in_child(const row &one)
{
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) give_up(one.name, "cannot start a process");
    if (child == 0) {
        one.run(one);
        exit(0);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace

int main(int, char **argv)
{
    bool list = false, ran = false;
    for (argv++; *argv && (*argv)[0] == '-'; argv++) {
        bool help = strcmp(*argv, "--help") == 0;
        if (strcmp(*argv, "--quick") == 0) quick = true;
        else if (strcmp(*argv, "--list") == 0) list = true;
        else return fputs(usage, help ? stdout : stderr), help ? 0 : 2;
    }
    for (const row &one : rows) {
        if (!is_chosen(one, argv)) continue;
        ran = true;
        if (list) printf("%s\t%d\n", one.name, one.threads);
        else if (!run_in_child(one)) return 1;
    }
    if (!ran) fprintf(stderr, "prometheus_cpp: no such row; --list names them\n");
    return ran ? 0 : 2;
}
