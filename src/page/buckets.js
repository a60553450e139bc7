/*
 * buckets.js - histograms over time: how many observations fell between which bounds since the reading before.
 *
 * A heat map is { bounds, columns }: column i has the count of row r, from bounds[r] to bounds[r + 1]. Classic
 * histograms have their buckets as rows; native ones so many buckets, merged until they are at most ROWS. Places on the
 * vertical axis are counted in rows, so 1.5 is the middle of the second one, whatever its bounds.
 */
const ROWS = 32;

/* Sum over the series `picked` of what came between two readings; of gauge histograms: of what is there. */
function classicSum(family, before, after, picked) {
    const n = family.parts.length,
        counts = new Float64Array(n),
        w = family.width,
        fresh = family.type !== 'histogram';
    for (const at of picked) {
        const to = at * w + 2,
            falls = !fresh && before && before.rows[at * w] > after.rows[at * w];
        if (!(after.rows[at * w] >= 0)) continue;
        for (let i = 0, under = 0; i < n; i++) {
            const was = fresh || falls || !before ? 0 : before.rows[to + i] || 0;
            const upto = after.rows[to + i] - was;
            counts[i] += upto - under;
            under = upto;
        }
    }
    return counts;
}

function boundsOf(family) {
    const upper = family.parts.map((le) => number(le) ?? Number(le));
    return [upper[0] > 0 ? 0 : -Infinity, ...upper];
}

function classicHeat(family, picked, version) {
    const columns = [];
    family.readings.forEach((after, i) => {
        const before = family.readings[i - 1];
        if (!before && family.type === 'histogram') return;
        if (after.sumFor !== version || after.sumFrom !== before) {
            after.sum = classicSum(family, before, after, picked);
            Object.assign(after, { sumFor: version, sumFrom: before });
        }
        columns.push({ from: before ? before.t : after.t, to: after.t, counts: after.sum });
    });
    return { bounds: boundsOf(family), columns, log: false };
}

/* Place of a native bucket among those of a coarser schema. */
const coarser = (index, by) => ((index - 1) >> by) + 1;

/* Counts of one native histogram by row key: index for positive ones, 0 shifted far below, negative ones below that. */
const ZERO = -100000;
function nativeAdd(sums, native, schema, sign) {
    const by = native.schema - schema,
        add = (key, n) => n && sums.set(key, (sums.get(key) || 0) + sign * n);
    for (const { index, count } of native.positive) add(coarser(index, by), count);
    for (const { index, count } of native.negative) add(2 * ZERO - coarser(index, by), count);
    add(ZERO, native.zero_count);
}

function nativeSum(before, after, picked, schema, fresh) {
    const sums = new Map();
    for (const at of picked) {
        const to = after.natives?.[at],
            was = before?.natives?.[at];
        if (!to) continue;
        nativeAdd(sums, to, schema, 1);
        if (!fresh && was && was.count <= to.count) nativeAdd(sums, was, schema, -1);
    }
    return sums;
}

/* The lowest and the highest key of a side, or null. */
function span(all, from, to) {
    let low = Infinity,
        high = -Infinity;
    for (const sums of all)
        for (const [key, n] of sums)
            if (n > 0 && key > from && key < to) {
                low = Math.min(low, key);
                high = Math.max(high, key);
            }
    return low <= high ? [low, high] : null;
}

function nativeRows(all, schema, threshold) {
    const up = span(all, ZERO / 2, Infinity),
        down = span(all, -Infinity, 1.5 * ZERO),
        zero = span(all, ZERO - 1, ZERO + 1);
    const keys = [],
        bounds = [],
        bound = (i) => 2 ** (i * 2 ** -schema);
    if (down)
        for (let k = down[0]; k <= down[1]; k++) {
            keys.push(k);
            bounds.push(-bound(2 * ZERO - k));
        }
    if (zero) {
        keys.push(ZERO);
        bounds.push(-threshold);
    } else if (down) bounds.push(-bound(2 * ZERO - down[1] - 1));
    if (zero) bounds.push(threshold);
    if (up) {
        if (!zero) bounds.push(bound(up[0] - 1));
        for (let k = up[0]; k <= up[1]; k++) {
            keys.push(k);
            bounds.push(bound(k));
        }
    }
    return { keys, bounds };
}

function nativeHeat(family, picked) {
    const { readings } = family,
        fresh = family.type !== 'histogram';
    const natives = readings.flatMap((r) => picked.map((at) => r.natives?.[at]).filter(Boolean));
    let schema = natives.reduce((least, native) => Math.min(least, native.schema), 8),
        sums,
        rows;
    const threshold = natives.reduce((most, native) => Math.max(most, native.zero_threshold), 0);
    do {
        sums = readings.map((after, i) =>
            i || fresh ? nativeSum(readings[i - 1], after, picked, schema, fresh) : new Map(),
        );
        rows = nativeRows(sums, schema, threshold);
    } while (rows.keys.length > ROWS && schema-- > -4);
    const columns = readings.map((after, i) => ({
        from: i ? readings[i - 1].t : after.t,
        to: after.t,
        counts: Float64Array.from(rows.keys, (key) => Math.max(0, sums[i].get(key) || 0)),
    }));
    return { bounds: rows.bounds, columns: fresh ? columns : columns.slice(1), log: true };
}

function heatOf(family, picked, version) {
    const now = last(family);
    return now.natives && picked.some((at) => now.natives[at])
        ? nativeHeat(family, picked)
        : classicHeat(family, picked, version);
}

/* Where the quantile lies among counts, in rows from the bottom; NaN if there are none. */
function quantilePlace(counts, q) {
    const total = counts.reduce((sum, n) => sum + n, 0);
    let left = q * total;
    if (!(total > 0)) return NaN;
    for (let row = 0; row < counts.length; row++) {
        if (left <= counts[row] && counts[row] > 0) return row + left / counts[row];
        left -= counts[row];
    }
    return counts.length;
}

/* The value at a place; in a row that has no end it is the end that it has, as in Prometheus. */
function placeValue({ bounds, log }, place) {
    if (Number.isNaN(place)) return NaN;
    const row = Math.min(Math.floor(place), bounds.length - 2),
        part = place - row,
        low = bounds[row],
        high = bounds[row + 1];
    if (high === Infinity) return low;
    if (low === -Infinity) return high;
    return log && low > 0 ? low * (high / low) ** part : low + (high - low) * part;
}

/* Quantiles of one series over all readings that are kept, or over its whole life if nothing came meanwhile. */
function quantilesOf(family, at, asked) {
    const now = last(family),
        native = now.natives?.[at],
        fresh = family.type !== 'histogram';
    let places = [],
        heat;
    for (const before of [family.readings.length > 1 && !fresh ? family.readings[0] : null, null]) {
        if (native) {
            const sums = nativeSum(
                before,
                now,
                [at],
                Math.min(native.schema, before?.natives?.[at]?.schema ?? 8),
                fresh,
            );
            heat = { ...nativeRows([sums], native.schema, native.zero_threshold), log: true };
            heat.counts = heat.keys.map((key) => Math.max(0, sums.get(key) || 0));
        } else {
            heat = { bounds: boundsOf(family), counts: classicSum(family, before, now, [at]), log: false };
        }
        places = asked.map((q) => quantilePlace(heat.counts, q));
        if (!Number.isNaN(places[0])) break;
    }
    return places.map((place) => placeValue(heat, place));
}
