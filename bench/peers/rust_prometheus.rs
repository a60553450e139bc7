//! The rows of tacho_bench on rust-prometheus.
//!
//! Each row runs in a process of its own, so that no row finds memory or caches that another one left. Updates go
//! through kept metrics, lookups through with_label_values. Whole numbers use the integer types of the library,
//! which are its fastest; a gauge that is set and the counters of fractions are floats.
use prometheus::{
    CounterVec, Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    TextEncoder, DEFAULT_BUCKETS,
};
use std::arch::asm;
use std::process::{exit, Command};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::Barrier;
use std::time::{Duration, Instant};

const USAGE: &str = "usage: rust_prometheus [--quick] [--list] [NAME...]
Print the rows named (all by default) as tacho_bench does: name, threads, value, unit.
  --quick   fewer and shorter rounds; the rows of a million series only if named
  --list    the names
";

/// Set for a child process: the number of its row.
const CHILD_ROW: &str = "RUST_PROMETHEUS_ROW";

struct Row {
    name: &'static str,
    threads: usize,
    run: fn(&Task),
    size: usize, // series, or values of each varying label
}

struct Task<'a> {
    row: &'a Row,
    quick: bool,
}

fn give_up(name: &str, why: &str) -> ! {
    eprintln!("rust_prometheus: {name}: {why}");
    exit(1)
}

impl Task<'_> {
    fn expect(&self, what: &str, counted: f64, expected: f64) {
        if counted != expected {
            give_up(self.row.name, &format!("{what} is {counted}, expected {expected}"));
        }
    }

    fn print(&self, value: f64, unit: &str) {
        println!("{}\t{}\t{:.3}\t{}", self.row.name, self.row.threads, value, unit);
    }

    fn choose<T>(&self, if_quick: T, otherwise: T) -> T {
        if self.quick {
            if_quick
        } else {
            otherwise
        }
    }
}

fn median(all: &mut [f64]) -> f64 {
    all.sort_by(|a, b| a.total_cmp(b));
    all[all.len() / 2]
}

/// Keep the compiler from folding the rounds of a loop into one.
#[inline(always)]
fn barrier() {
    unsafe { asm!("", options(nostack, preserves_flags)) }
}

fn pin(number: usize) {
    unsafe {
        let (mut allowed, mut one): (libc::cpu_set_t, libc::cpu_set_t) = std::mem::zeroed();
        let size = std::mem::size_of::<libc::cpu_set_t>();
        if libc::sched_getaffinity(0, size, &mut allowed) != 0 {
            return;
        }
        let count = libc::CPU_SETSIZE as usize;
        if let Some(cpu) = (0..count).filter(|&cpu| libc::CPU_ISSET(cpu, &allowed)).nth(number) {
            libc::CPU_SET(cpu, &mut one);
            libc::sched_setaffinity(0, size, &one);
        }
    }
}

fn resident_bytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
}

// ---- timed loops

/// From the first beginning to the last end; the threads look at the clock, because who waits has no CPU of its own.
fn time_threads(threads: usize, rounds: usize, work: &(dyn Fn(usize) + Sync)) -> f64 {
    let line = &Barrier::new(threads);
    std::thread::scope(|scope| {
        let run = |thread| {
            pin(thread);
            line.wait();
            let begin = Instant::now();
            work(rounds);
            (begin, Instant::now())
        };
        let all: Vec<_> = (0..threads).map(|thread| scope.spawn(move || run(thread))).collect();
        let times: Vec<_> = all.into_iter().map(|one| one.join().unwrap()).collect();
        let (begin, end) = (times.iter().map(|it| it.0).min(), times.iter().map(|it| it.1).max());
        (end.unwrap() - begin.unwrap()).as_nanos() as f64
    })
}

fn calibrate(threads: usize, target_ns: f64, work: &(dyn Fn(usize) + Sync)) -> usize {
    let mut rounds = 1000;
    for step in 0..30 {
        let factor = target_ns / time_threads(threads, rounds, work);
        if factor > 0.5 && factor < 2.0 && step > 2 {
            break;
        }
        rounds = (rounds as f64 * factor.clamp(0.5, 8.0)) as usize + 1;
    }
    rounds
}

impl Task<'_> {
    fn time_loop(&self, work: impl Fn(usize) + Sync, total: impl Fn() -> f64) {
        let threads = self.row.threads;
        let rounds = calibrate(threads, self.choose(20e6, 100e6), &work);
        let mut ns = Vec::new();
        for _ in 0..self.choose(7, 15) {
            let before = total();
            ns.push(time_threads(threads, rounds, &work) / rounds as f64);
            self.expect("the total", total() - before, (rounds * threads) as f64);
        }
        self.print(median(&mut ns), "ns/op");
    }
}

// ---- updates

/// The same values in the same order as in update.c, spread over the buckets.
fn observations() -> Vec<f64> {
    let mut state = 12345u32;
    let mut next = || {
        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
        let bound = DEFAULT_BUCKETS[(state >> 16) as usize % DEFAULT_BUCKETS.len()];
        bound * (1.0 - 1.0 / 64.0) * if (state >> 8) % 7 != 0 { 1.0 } else { 2.0 }
    };
    (0..1024).map(|_| next()).collect()
}

fn counter_inc(task: &Task) {
    let counter = IntCounter::new("bench_inc_total", "Increments.").unwrap();
    let work = |rounds| {
        for _ in 0..rounds {
            counter.inc();
            barrier();
        }
    };
    task.time_loop(work, || counter.get() as f64);
}

fn gauge_set(task: &Task) {
    let gauge = Gauge::new("bench_set", "Last value.").unwrap();
    let done = AtomicUsize::new(0);
    let work = |rounds| {
        for i in 1..=rounds {
            gauge.set(i as f64);
            barrier();
        }
        done.fetch_add(rounds, SeqCst);
        task.expect("the last value", gauge.get(), rounds as f64);
    };
    task.time_loop(work, || done.load(SeqCst) as f64);
}

fn gauge_add(task: &Task) {
    let gauge = IntGauge::new("bench_add", "Sum.").unwrap();
    let work = |rounds| {
        for _ in 0..rounds {
            gauge.add(1);
            barrier();
        }
    };
    task.time_loop(work, || gauge.get() as f64);
}

fn histogram_observe(task: &Task) {
    let histogram = Histogram::with_opts(HistogramOpts::new("bench_seconds", "Times.")).unwrap();
    let values = observations();
    let work = |rounds| {
        for i in 0..rounds {
            histogram.observe(values[i % 1024]);
            barrier();
        }
    };
    task.time_loop(work, || histogram.get_sample_count() as f64);
}

// ---- series

/// The same label sets as in population.c: the tenant changes fastest, then the path, then the method.
struct LabelSets {
    methods: Vec<String>,
    tenants: Vec<String>,
    paths: Vec<String>,
    each: usize, // series that share a path before the next one comes
}

const LABELS: &[&str] = &["method", "tenant", "path"];

fn tenants(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("tenant-{i:05}")).collect()
}

fn paths(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("/path/{i:06}")).collect()
}

impl LabelSets {
    fn repeating() -> LabelSets {
        let methods = (0..100).map(|i| format!("method-{i:05}")).collect();
        LabelSets { methods, tenants: tenants(100), paths: paths(100), each: 100 }
    }

    fn unique(size: usize) -> LabelSets {
        let paths = (0..size).map(|i| format!("/item/{i:06}")).collect();
        LabelSets { paths, each: 1, ..LabelSets::repeating() }
    }

    fn at(&self, i: usize) -> [&str; 3] {
        [&self.methods[i / 10000 % 100], &self.tenants[i % 100], &self.paths[i / self.each % self.paths.len()]]
    }
}

fn requests() -> Opts {
    Opts::new("bench_requests_total", "Requests.")
}

/// The same order as in lookup.c.
fn lookup_order(each: u32) -> Vec<(u8, u8)> {
    let mut state = if each == 10 { 1u32 } else { 2 };
    let mut next = || {
        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
        (((state >> 8) % each) as u8, ((state >> 16) % each) as u8)
    };
    (0..1 << 15).map(|_| next()).collect()
}

fn lookup(task: &Task) {
    let size = task.row.size;
    let vec = IntCounterVec::new(requests(), LABELS).unwrap();
    let (tenants, paths) = (tenants(size), paths(size));
    let at = |i: usize| vec.with_label_values(&["GET", &tenants[i % size], &paths[i / size]]);
    (0..size * size).for_each(|i| drop(at(i)));
    let order = lookup_order(size as u32);
    let work = |rounds| {
        for i in 0..rounds {
            let (tenant, path) = order[i % order.len()];
            vec.with_label_values(&["GET", &tenants[tenant as usize], &paths[path as usize]]).inc();
            barrier();
        }
    };
    task.time_loop(work, || (0..size * size).map(|i| at(i).get() as f64).sum());
}

fn create(task: &Task, sets: LabelSets) {
    pin(0);
    let size = task.row.size;
    let before = resident_bytes();
    let vec = IntCounterVec::new(requests(), LABELS).unwrap();
    let begin = Instant::now();
    for i in 0..size {
        vec.with_label_values(&sets.at(i)).inc();
    }
    let elapsed = begin.elapsed().as_nanos() as f64;
    let after = resident_bytes();
    let sum: u64 = (0..size).map(|i| vec.with_label_values(&sets.at(i)).get()).sum();
    task.expect("the sum", sum as f64, size as f64);
    task.print(elapsed / size as f64, "ns/op");
    task.print((after - before) / size as f64, "B/series");
}

fn series_create(task: &Task) {
    create(task, LabelSets::repeating());
}

fn series_create_unique(task: &Task) {
    create(task, LabelSets::unique(task.row.size));
}

// ---- scrapes

fn scrape(registry: &Registry, page: &mut String) {
    page.clear();
    if let Err(why) = TextEncoder::new().encode_utf8(&registry.gather(), page) {
        give_up("scrape", &why.to_string());
    }
}

impl Task<'_> {
    fn time_scrapes(&self, registry: &Registry, lines: f64) {
        pin(0);
        let mut page = String::new();
        scrape(registry, &mut page);
        self.expect("the number of lines", page.lines().count() as f64, lines + 2.0); // and HELP and TYPE
        let mut ns = Vec::new();
        let enough = Instant::now() + Duration::from_millis(self.choose(500, 4000));
        while ns.is_empty() || (ns.len() < self.choose(5, 25) && Instant::now() < enough) {
            let begin = Instant::now();
            scrape(registry, &mut page);
            ns.push(begin.elapsed().as_nanos() as f64);
        }
        let each = median(&mut ns);
        self.print(each / lines, "ns/line");
        self.print(page.len() as f64 * 1000.0 / each, "MB/s");
    }
}

fn counters(size: usize) -> (Registry, IntCounterVec, LabelSets) {
    let vec = IntCounterVec::new(requests(), LABELS).unwrap();
    let registry = Registry::new();
    registry.register(Box::new(vec.clone())).unwrap();
    let sets = LabelSets::repeating();
    (0..size).for_each(|i| vec.with_label_values(&sets.at(i)).inc_by((i * i % 10000019) as u64));
    (registry, vec, sets)
}

fn scrape_counters_int(task: &Task) {
    let (registry, _, _) = counters(task.row.size);
    task.time_scrapes(&registry, task.row.size as f64);
}

fn scrape_counters_double(task: &Task) {
    let vec = CounterVec::new(requests(), LABELS).unwrap();
    let registry = Registry::new();
    registry.register(Box::new(vec.clone())).unwrap();
    let sets = LabelSets::repeating();
    for i in 0..task.row.size {
        vec.with_label_values(&sets.at(i)).inc_by(i as f64 * 0.1 + 1.0 / 3.0);
    }
    task.time_scrapes(&registry, task.row.size as f64);
}

fn scrape_histograms(task: &Task) {
    let opts = HistogramOpts::new("bench_request_seconds", "Times.");
    let vec = HistogramVec::new(opts, LABELS).unwrap();
    let registry = Registry::new();
    registry.register(Box::new(vec.clone())).unwrap();
    let sets = LabelSets::repeating();
    for i in 0..task.row.size {
        let histogram = vec.with_label_values(&sets.at(i));
        (0..100).for_each(|k| histogram.observe((i + k) as f64 * 0.001));
    }
    task.time_scrapes(&registry, (task.row.size * 14) as f64);
}

// ---- increments while another thread scrapes

struct Latencies {
    bins: Vec<u64>, // by nanosecond; what is longer counts in the last
    count: u64,
    longest: u64,
}

impl Latencies {
    fn add(&mut self, ns: u64) {
        let last = self.bins.len() - 1;
        self.bins[last.min(ns as usize)] += 1;
        self.longest = self.longest.max(ns);
        self.count += 1;
    }

    fn at(&self, share: f64) -> f64 {
        let mut seen = 0;
        for (ns, count) in self.bins[..self.bins.len() - 1].iter().enumerate() {
            seen += count;
            if seen as f64 >= share * self.count as f64 {
                return ns as f64;
            }
        }
        self.longest as f64
    }
}

fn inc_during_scrape(task: &Task) {
    let (registry, vec, sets) = counters(task.row.size);
    let counter = vec.with_label_values(&sets.at(task.row.size / 2));
    let (scrapes, stop, start) = (AtomicUsize::new(0), AtomicBool::new(false), counter.get());
    let mut seen = Latencies { bins: vec![0; 1 << 20], count: 0, longest: 0 };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            pin(1);
            let mut page = String::new();
            while !stop.load(SeqCst) {
                scrape(&registry, &mut page);
                scrapes.fetch_add(1, SeqCst);
            }
        });
        pin(0);
        while scrapes.load(SeqCst) == 0 {
            std::thread::yield_now();
        }
        let mut last = Instant::now();
        while seen.count < 9000000 || scrapes.load(SeqCst) < 3 {
            counter.inc();
            let now = Instant::now();
            seen.add((now - last).as_nanos() as u64);
            last = now;
        }
        stop.store(true, SeqCst);
    });
    task.expect("the counter", (counter.get() - start) as f64, seen.count as f64);
    task.print(seen.at(0.99), "p99_ns");
    task.print(seen.at(0.9999), "p99.99_ns");
    task.print(seen.longest as f64, "max_ns");
}

// ---- the rows

const fn row(name: &'static str, threads: usize, run: fn(&Task), size: usize) -> Row {
    Row { name, threads, run, size }
}

static ROWS: &[Row] = &[
    row("counter_inc", 1, counter_inc, 0),
    row("counter_inc", 2, counter_inc, 0),
    row("gauge_set", 1, gauge_set, 0),
    row("gauge_add", 1, gauge_add, 0),
    row("gauge_add", 2, gauge_add, 0),
    row("histogram_observe", 1, histogram_observe, 0),
    row("histogram_observe", 2, histogram_observe, 0),
    row("lookup_100", 1, lookup, 10),
    row("lookup_100", 2, lookup, 10),
    row("lookup_10000", 1, lookup, 100),
    row("lookup_10000", 2, lookup, 100),
    row("series_create_100000", 1, series_create, 100000),
    row("series_create_1000000", 1, series_create, 1000000),
    row("series_create_unique_1000000", 1, series_create_unique, 1000000),
    row("scrape_counters_int_100000", 1, scrape_counters_int, 100000),
    row("scrape_counters_int_1000000", 1, scrape_counters_int, 1000000),
    row("scrape_counters_double_100000", 1, scrape_counters_double, 100000),
    row("scrape_counters_double_1000000", 1, scrape_counters_double, 1000000),
    row("scrape_histograms_1000", 1, scrape_histograms, 1000),
    row("inc_during_scrape", 1, inc_during_scrape, 100000),
];

fn run_in_child(number: usize, arguments: &[String]) {
    let child = Command::new("/proc/self/exe").args(arguments).env(CHILD_ROW, number.to_string()).status();
    if !child.map_or(false, |status| status.success()) {
        give_up(ROWS[number].name, "the row failed");
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let options = arguments.iter().take_while(|one| one.starts_with('-')).count();
    let (mut quick, mut list) = (false, false);
    for option in &arguments[..options] {
        match option.as_str() {
            "--quick" => quick = true,
            "--list" => list = true,
            "--help" => return print!("{USAGE}"),
            _ => {
                eprint!("{USAGE}");
                exit(2)
            }
        }
    }
    if let Some(number) = std::env::var(CHILD_ROW).ok().and_then(|text| text.parse::<usize>().ok()) {
        return (ROWS[number].run)(&Task { row: &ROWS[number], quick });
    }
    let names = &arguments[options..];
    let is_chosen = |row: &Row| match names {
        [] => !quick || row.size < 1000000,
        _ => names.iter().any(|name| name == row.name),
    };
    let chosen: Vec<usize> = (0..ROWS.len()).filter(|&number| is_chosen(&ROWS[number])).collect();
    if chosen.is_empty() {
        eprintln!("rust_prometheus: no such row; --list names them");
        exit(2);
    }
    for number in chosen {
        if list {
            println!("{}\t{}", ROWS[number].name, ROWS[number].threads);
        } else {
            run_in_child(number, &arguments);
        }
    }
}
