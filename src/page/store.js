/*
 * store.js - what was read: families, their series, and a short history of each.
 *
 * A reading of a family is one array with `width` numbers a series, in the order in which the series were first seen:
 *
 *   counter, gauge, unknown, info   value
 *   histogram, gaugehistogram       count, sum, and the count up to each bound (parts)
 *   summary                         count, sum, and each quantile (parts)
 *   stateset                        each state (parts)
 *
 * What a series did not show is NaN. Native histograms are kept beside it as they came. All readings of a family
 * together hold at most CELLS numbers; a family of 5,000 series then goes back 200 readings.
 */
const CELLS = 1 << 20,
    READINGS = 240;

const SPECIAL = { NaN, '+Inf': Infinity, '-Inf': -Infinity };
const number = (v) => (typeof v === 'string' ? SPECIAL[v] : v);
const isHistogram = (family) => family.type === 'histogram' || family.type === 'gaugehistogram';

const store = { families: new Map(), round: 0, pairs: new Map() };

function partsOf(metric) {
    if (metric.buckets) return metric.buckets.map((bucket) => bucket.le);
    if (metric.quantiles) return metric.quantiles.map((quantile) => quantile.quantile);
    return metric.states ? Object.keys(metric.states) : [];
}

function keyOf(labels) {
    let key = '';
    for (const name in labels) key += name + '\x00' + labels[name] + '\x00';
    return key;
}

function textOf(labels) {
    return Object.entries(labels)
        .map(([name, value]) => `${name}=${quote(value)}`)
        .join(', ');
}

function familyNew(read) {
    return {
        name: read.name,
        type: read.type,
        series: [],
        index: new Map(),
        readings: [],
        parts: [],
        width: 1,
        labels: new Set(),
        places: [],
        picked: [],
        top: [],
        shown: [],
        pinned: new Set(),
        dirty: true,
        open: false,
    };
}

/* Begin the history anew: other buckets, or too many series that are gone. */
function familyReset(family, parts, width) {
    Object.assign(family, {
        series: [],
        index: new Map(),
        readings: [],
        parts,
        width,
        dirty: true,
        top: [],
        shown: [],
        pinned: new Set(),
    });
}

function seriesAt(family, labels) {
    const key = keyOf(labels);
    let at = family.index.get(key);
    if (at !== undefined) return at;
    at = family.series.push({ labels, text: textOf(labels) }) - 1;
    family.index.set(key, at);
    family.dirty = true;
    for (const name in labels) {
        family.labels.add(name);
        if (store.pairs.size < 500) store.pairs.set(`${name}=${quote(labels[name])}`, true);
    }
    return at;
}

function fill(rows, from, family, metric) {
    const { buckets, quantiles, states } = metric;
    if (!buckets && !quantiles && !states) {
        rows[from] = number(metric.value);
        return;
    }
    let at = from;
    if (!states) {
        rows[at++] = metric.count;
        rows[at++] = number(metric.sum);
    }
    if (states) for (const state in states) rows[at++] = states[state];
    else if (buckets) for (const bucket of buckets) rows[at++] = bucket.count;
    else for (const quantile of quantiles) rows[at++] = number(quantile.value);
}

/* Take one family of an answer that was read at `t` (ms). */
function storeTake(read, t) {
    let family = store.families.get(read.name);
    if (family?.type !== read.type) {
        if (family) cardDrop(family);
        store.families.set(read.name, (family = familyNew(read)));
    }
    const first = read.metrics[0] || {},
        parts = read.metrics.length ? partsOf(first) : family.parts;
    const width = first.states ? parts.length : parts.length + (first.buckets || first.quantiles ? 2 : 1);
    const churned = family.series.length > 2 * read.metrics.length + 1000;
    if (read.metrics.length && (churned || width !== family.width || parts.join() !== family.parts.join()))
        familyReset(family, parts, width);
    family.help = read.help;
    family.unit = read.unit || '';
    family.shows = unitOf(family);
    family.found = (read.name + '\n' + read.help).toLowerCase();
    const places = read.metrics.map((metric) => seriesAt(family, metric.labels));
    const reading = { t, rows: new Float64Array(family.series.length * family.width).fill(NaN), natives: null };
    places.forEach((at, i) => {
        fill(reading.rows, at * family.width, family, read.metrics[i]);
        if (read.metrics[i].native) (reading.natives ||= [])[at] = read.metrics[i].native;
    });
    if (family.gone || places.length !== family.places.length || places.some((at, i) => at !== family.places[i]))
        family.dirty = true;
    family.places = places;
    family.gone = false;
    family.round = store.round;
    family.readings.push(reading);
    const cells = family.readings.length * (reading.rows.length + (reading.natives ? 160 * places.length : 0));
    if (family.readings.length > READINGS || (cells > CELLS && family.readings.length > 12)) family.readings.shift();
}

/* All families of an answer were taken: the others are gone for now. */
function storeEnd() {
    for (const family of store.families.values())
        if (family.round !== store.round && !family.gone) Object.assign(family, { gone: true, dirty: true });
    store.round++;
}

const last = (family) => family.readings[family.readings.length - 1];
const valueOf = (family, reading, at, part = 0) => {
    const v = reading.rows[at * family.width + part];
    return v === undefined ? NaN : v;
};

/* Change per second between two readings; a counter that fell began anew at 0. */
function rateOf(family, before, after, at, part = 0) {
    const from = before ? valueOf(family, before, at, part) : NaN,
        to = valueOf(family, after, at, part);
    if (Number.isNaN(from)) return undefined;
    return (to < from ? to : to - from) / ((after.t - before.t) / 1000);
}

function rateNow(family, at, part = 0) {
    return rateOf(family, family.readings[family.readings.length - 2], last(family), at, part);
}

/* The one value of a family without labels, or undefined. */
function valueNow(name, at = 0) {
    const family = store.families.get(name);
    return family && !family.gone && family.series.length > at ? valueOf(family, last(family), at) : undefined;
}
