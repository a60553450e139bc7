// client_golang.go - the rows of tacho_bench on client_golang.
//
// Each row runs in a process of its own, so that no row finds memory or caches that another one left. Updates go
// through kept metrics, lookups through WithLabelValues. Resident memory is read after a collection that gives
// everything unused back to the system, and label values stay shared with the table they come from: both are
// to the advantage of the library.
package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

const usage = `usage: client_golang [--quick] [--list] [NAME...]
Print the rows named (all by default) as tacho_bench does: name, threads, value, unit.
  --quick   fewer and shorter rounds; the rows of a million series only if named
  --list    the names
`

type row struct {
	name    string
	threads int
	run     func(row)
	size    int // series, or values of each varying label
}

var quick bool

func giveUp(name, format string, args ...any) {
	fmt.Fprintf(os.Stderr, "client_golang: %s: %s\n", name, fmt.Sprintf(format, args...))
	os.Exit(1)
}

func expect(name, what string, counted, expected float64) {
	if counted != expected {
		giveUp(name, "%s is %.0f, expected %.0f", what, counted, expected)
	}
}

func (r row) print(value float64, unit string) {
	fmt.Printf("%s\t%d\t%.3f\t%s\n", r.name, r.threads, value, unit)
}

func choose[T any](ifQuick, otherwise T) T {
	if quick {
		return ifQuick
	}
	return otherwise
}

func median(all []float64) float64 {
	sort.Float64s(all)
	return all[len(all)/2]
}

func residentBytes() float64 {
	debug.FreeOSMemory()
	status, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(status), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			kib, _ := strconv.ParseFloat(fields[1], 64)
			return kib * 1024
		}
	}
	return 0
}

// ---- timed loops

type loopFunc func(rounds int)

// From the first beginning to the last end; the threads look at the clock, because who waits has no CPU of its own.
// They wait for each other without sleeping, so that they begin together.
func timeThreads(threads, rounds int, loop loopFunc) float64 {
	var ready atomic.Int32
	var done sync.WaitGroup
	times := make([]float64, 2*threads)
	begin := time.Now()
	done.Add(threads)
	for i := 0; i < threads; i++ {
		go func(times []float64) {
			runtime.LockOSThread()
			for ready.Add(1); int(ready.Load()) < threads; {
			}
			times[0] = float64(time.Since(begin))
			loop(rounds)
			times[1] = float64(time.Since(begin))
			done.Done()
		}(times[2*i : 2*i+2])
	}
	done.Wait()
	sort.Float64s(times)
	return times[len(times)-1] - times[0]
}

func calibrate(threads int, targetNs float64, loop loopFunc) int {
	rounds := 1000
	for step := 0; step < 30; step++ {
		factor := targetNs / timeThreads(threads, rounds, loop)
		if factor > 0.5 && factor < 2 && step > 2 {
			break
		}
		rounds = int(float64(rounds)*math.Min(8, math.Max(0.5, factor))) + 1
	}
	return rounds
}

func (r row) timeLoop(loop loopFunc, total func() float64) {
	rounds := calibrate(r.threads, choose(20e6, 100e6), loop)
	var ns []float64
	for i := 0; i < choose(7, 15); i++ {
		before := total()
		ns = append(ns, timeThreads(r.threads, rounds, loop)/float64(rounds))
		expect(r.name, "the total", total()-before, float64(rounds*r.threads))
	}
	r.print(median(ns), "ns/op")
}

// ---- updates

// The same values in the same order as in update.c, spread over the buckets.
func observations() []float64 {
	all := make([]float64, 1024)
	state := uint32(12345)
	for i := range all {
		state = state*1664525 + 1013904223
		all[i] = prometheus.DefBuckets[int(state>>16)%len(prometheus.DefBuckets)] * (1.0 - 1.0/64)
		if (state>>8)%7 == 0 {
			all[i] *= 2
		}
	}
	return all
}

func value(metric prometheus.Metric) *dto.Metric {
	var read dto.Metric
	if err := metric.Write(&read); err != nil {
		giveUp("value", "%v", err)
	}
	return &read
}

func counterInc(r row) {
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "bench_inc_total", Help: "Increments."})
	prometheus.NewRegistry().MustRegister(counter)
	r.timeLoop(func(rounds int) {
		for i := 0; i < rounds; i++ {
			counter.Inc()
		}
	}, func() float64 { return value(counter).GetCounter().GetValue() })
}

func gaugeSet(r row) {
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{Name: "bench_set", Help: "Last value."})
	prometheus.NewRegistry().MustRegister(gauge)
	done := 0
	r.timeLoop(func(rounds int) {
		for i := 1; i <= rounds; i++ {
			gauge.Set(float64(i))
		}
		done += rounds
		expect(r.name, "the last value", value(gauge).GetGauge().GetValue(), float64(rounds))
	}, func() float64 { return float64(done) })
}

func gaugeAdd(r row) {
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{Name: "bench_add", Help: "Sum."})
	prometheus.NewRegistry().MustRegister(gauge)
	r.timeLoop(func(rounds int) {
		for i := 0; i < rounds; i++ {
			gauge.Add(1)
		}
	}, func() float64 { return value(gauge).GetGauge().GetValue() })
}

func histogramObserve(r row) {
	histogram := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "bench_seconds", Help: "Times."})
	prometheus.NewRegistry().MustRegister(histogram)
	values := observations()
	r.timeLoop(func(rounds int) {
		for i := 0; i < rounds; i++ {
			histogram.Observe(values[i%1024])
		}
	}, func() float64 { return float64(value(histogram).GetHistogram().GetSampleCount()) })
}

// ---- series

func names(format string, count int) []string {
	all := make([]string, count)
	for i := range all {
		all[i] = fmt.Sprintf(format, i)
	}
	return all
}

// The same label sets as in population.c: the tenant changes fastest, then the path, then the method.
type labelSets struct {
	methods, tenants, paths []string
	each                    int // series that share a path before the next one comes
}

var labelNames = []string{"method", "tenant", "path"}

func repeatingSets() labelSets {
	return labelSets{names("method-%05d", 100), names("tenant-%05d", 100), names("/path/%06d", 100), 100}
}

func uniqueSets(size int) labelSets {
	return labelSets{names("method-%05d", 100), names("tenant-%05d", 100), names("/item/%06d", size), 1}
}

func (l labelSets) at(i int) []string {
	return []string{l.methods[i/10000%100], l.tenants[i%100], l.paths[i/l.each%len(l.paths)]}
}

func requests(registry *prometheus.Registry) *prometheus.CounterVec {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "bench_requests_total", Help: "Requests."}, labelNames)
	registry.MustRegister(vec)
	return vec
}

// The same order as in lookup.c.
func lookupOrder(each uint32) [][2]uint8 {
	all := make([][2]uint8, 1<<15)
	state := map[uint32]uint32{10: 1, 100: 2}[each]
	for i := range all {
		state = state*1664525 + 1013904223
		all[i] = [2]uint8{uint8((state >> 8) % each), uint8((state >> 16) % each)}
	}
	return all
}

func lookup(r row) {
	vec := requests(prometheus.NewRegistry())
	tenants, paths := names("tenant-%05d", r.size), names("/path/%06d", r.size)
	for i := 0; i < r.size*r.size; i++ {
		vec.WithLabelValues("GET", tenants[i%r.size], paths[i/r.size])
	}
	order := lookupOrder(uint32(r.size))
	r.timeLoop(func(rounds int) {
		for i := 0; i < rounds; i++ {
			next := order[i%len(order)]
			vec.WithLabelValues("GET", tenants[next[0]], paths[next[1]]).Inc()
		}
	}, func() float64 {
		sum := 0.0
		for i := 0; i < r.size*r.size; i++ {
			sum += value(vec.WithLabelValues("GET", tenants[i%r.size], paths[i/r.size])).GetCounter().GetValue()
		}
		return sum
	})
}

func seriesCreate(r row)       { r.create(repeatingSets()) }
func seriesCreateUnique(r row) { r.create(uniqueSets(r.size)) }

func (r row) create(sets labelSets) {
	before := residentBytes()
	vec := requests(prometheus.NewRegistry())
	begin := time.Now()
	for i := 0; i < r.size; i++ {
		vec.WithLabelValues(sets.at(i)...).Inc()
	}
	elapsed := time.Since(begin)
	after := residentBytes()
	sum := 0.0
	for i := 0; i < r.size; i++ {
		sum += value(vec.WithLabelValues(sets.at(i)...)).GetCounter().GetValue()
	}
	expect(r.name, "the sum", sum, float64(r.size))
	r.print(float64(elapsed)/float64(r.size), "ns/op")
	r.print((after-before)/float64(r.size), "B/series")
}

// ---- scrapes

func scrape(registry *prometheus.Registry, page *bytes.Buffer) {
	page.Reset()
	families, err := registry.Gather()
	if err != nil {
		giveUp("scrape", "%v", err)
	}
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(page, family); err != nil {
			giveUp("scrape", "%v", err)
		}
	}
}

func (r row) timeScrapes(registry *prometheus.Registry, lines float64) {
	var page bytes.Buffer
	var ns []float64
	scrape(registry, &page)
	ends := bytes.Count(page.Bytes(), []byte("\n"))
	expect(r.name, "the number of lines", float64(ends), lines+2) // and HELP and TYPE
	enough := time.Now().Add(choose(500*time.Millisecond, 4*time.Second))
	for len(ns) == 0 || len(ns) < choose(5, 25) && time.Now().Before(enough) {
		begin := time.Now()
		scrape(registry, &page)
		ns = append(ns, float64(time.Since(begin)))
	}
	each := median(ns)
	r.print(each/lines, "ns/line")
	r.print(float64(page.Len())*1000/each, "MB/s")
}

func (r row) scrapeCounters(valueOf func(i int) float64) {
	registry := prometheus.NewRegistry()
	vec, sets := requests(registry), repeatingSets()
	for i := 0; i < r.size; i++ {
		vec.WithLabelValues(sets.at(i)...).Add(valueOf(i))
	}
	r.timeScrapes(registry, float64(r.size))
}

func scrapeCountersInt(r row) {
	r.scrapeCounters(func(i int) float64 { return float64(i * i % 10000019) })
}

func scrapeCountersDouble(r row) {
	r.scrapeCounters(func(i int) float64 { return float64(i)*0.1 + 1/3.0 })
}

func scrapeHistograms(r row) {
	registry := prometheus.NewRegistry()
	vec := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "bench_request_seconds", Help: "Times."}, labelNames)
	registry.MustRegister(vec)
	sets := repeatingSets()
	for i := 0; i < r.size; i++ {
		histogram := vec.WithLabelValues(sets.at(i)...)
		for k := 0; k < 100; k++ {
			histogram.Observe(float64(i+k) * 0.001)
		}
	}
	r.timeScrapes(registry, float64(r.size*14))
}

// ---- increments while another thread scrapes

type latencies struct {
	bins           [1 << 20]int // by nanosecond; what is longer counts in the last
	count, longest int
}

func (l *latencies) add(ns int) {
	if ns > l.longest {
		l.longest = ns
	}
	if ns >= len(l.bins) {
		ns = len(l.bins) - 1
	}
	l.bins[ns]++
	l.count++
}

func (l *latencies) at(share float64) float64 {
	seen := 0
	for ns, count := range l.bins[:len(l.bins)-1] {
		if seen += count; float64(seen) >= share*float64(l.count) {
			return float64(ns)
		}
	}
	return float64(l.longest)
}

func incDuringScrape(r row) {
	registry, sets := prometheus.NewRegistry(), repeatingSets()
	vec := requests(registry)
	for i := 0; i < r.size; i++ {
		vec.WithLabelValues(sets.at(i)...)
	}
	counter := vec.WithLabelValues(sets.at(r.size / 2)...)
	var scrapes, stop atomic.Int32
	go func() {
		var page bytes.Buffer
		for ; stop.Load() == 0; scrapes.Add(1) {
			scrape(registry, &page)
		}
	}()
	runtime.LockOSThread()
	for scrapes.Load() == 0 {
		runtime.Gosched()
	}
	seen := new(latencies)
	for last := time.Now(); seen.count < 9000000 || scrapes.Load() < 3; {
		counter.Inc()
		now := time.Now()
		seen.add(int(now.Sub(last)))
		last = now
	}
	stop.Store(1)
	expect(r.name, "the counter", value(counter).GetCounter().GetValue(), float64(seen.count))
	r.print(seen.at(0.99), "p99_ns")
	r.print(seen.at(0.9999), "p99.99_ns")
	r.print(float64(seen.longest), "max_ns")
}

// ---- the rows

var rows = []row{
	{"counter_inc", 1, counterInc, 0},
	{"counter_inc", 2, counterInc, 0},
	{"gauge_set", 1, gaugeSet, 0},
	{"gauge_add", 1, gaugeAdd, 0},
	{"gauge_add", 2, gaugeAdd, 0},
	{"histogram_observe", 1, histogramObserve, 0},
	{"histogram_observe", 2, histogramObserve, 0},
	{"lookup_100", 1, lookup, 10},
	{"lookup_100", 2, lookup, 10},
	{"lookup_10000", 1, lookup, 100},
	{"lookup_10000", 2, lookup, 100},
	{"series_create_100000", 1, seriesCreate, 100000},
	{"series_create_1000000", 1, seriesCreate, 1000000},
	{"series_create_unique_1000000", 1, seriesCreateUnique, 1000000},
	{"scrape_counters_int_100000", 1, scrapeCountersInt, 100000},
	{"scrape_counters_int_1000000", 1, scrapeCountersInt, 1000000},
	{"scrape_counters_double_100000", 1, scrapeCountersDouble, 100000},
	{"scrape_counters_double_1000000", 1, scrapeCountersDouble, 1000000},
	{"scrape_histograms_1000", 1, scrapeHistograms, 1000},
	{"inc_during_scrape", 1, incDuringScrape, 100000},
}

func isChosen(one row, chosen []string) bool {
	if len(chosen) == 0 {
		return !(quick && one.size >= 1000000)
	}
	for _, name := range chosen {
		if name == one.name {
			return true
		}
	}
	return false
}

// The child is told the number of its row in the environment.
const childRow = "CLIENT_GOLANG_ROW"

func runInChild(number int, arguments []string) {
	child := exec.Command("/proc/self/exe", arguments...)
	child.Env = append(os.Environ(), childRow+"="+strconv.Itoa(number))
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	if err := child.Run(); err != nil {
		giveUp(rows[number].name, "%v", err)
	}
}

func main() {
	list, ran := false, false
	chosen := os.Args[1:]
	for ; len(chosen) > 0 && strings.HasPrefix(chosen[0], "-"); chosen = chosen[1:] {
		switch chosen[0] {
		case "--quick":
			quick = true
		case "--list":
			list = true
		case "--help":
			fmt.Print(usage)
			return
		default:
			fmt.Fprint(os.Stderr, usage)
			os.Exit(2)
		}
	}
	if number, err := strconv.Atoi(os.Getenv(childRow)); err == nil {
		rows[number].run(rows[number])
		return
	}
	for number, one := range rows {
		if !isChosen(one, chosen) {
			continue
		}
		ran = true
		if list {
			fmt.Printf("%s\t%d\n", one.name, one.threads)
		} else {
			runInChild(number, os.Args[1:])
		}
	}
	if !ran {
		fmt.Fprintln(os.Stderr, "client_golang: no such row; --list names them")
		os.Exit(2)
	}
}
