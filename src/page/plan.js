/*
 * plan.js - what the chart of a family shows, and what its table says.
 */
const columns = {
    counter: ['total', 'per second'],
    gauge: ['value'],
    unknown: ['value'],
    info: [],
    stateset: ['state'],
    summary: ['per second', 'mean'],
    histogram: ['per second', 'mean', 'p50', 'p99'],
    gaugehistogram: ['number', 'mean', 'p50', 'p99'],
};

function columnsOf(family) {
    return family.type === 'summary'
        ? [...columns.summary, ...family.parts.slice(-2)]
        : columns[family.type] || columns.unknown;
}

/* The numbers by which series are ranked, and that stand in the first column. */
function weight(family, at) {
    const rated = family.type === 'counter' || family.type === 'histogram' || family.type === 'summary';
    const v = (rated && rateNow(family, at)) || valueOf(family, last(family), at);
    return Number.isNaN(v) ? -Infinity : Math.abs(v);
}

function meanOf(family, at) {
    const now = last(family),
        first = family.readings[0];
    const n = (part) =>
        valueOf(family, now, at, part) -
        (now === first || family.type === 'gaugehistogram' ? 0 : valueOf(family, first, at, part));
    return n(0) > 0
        ? n(1) / n(0)
        : valueOf(family, now, at, 0) > 0
          ? valueOf(family, now, at, 1) / valueOf(family, now, at, 0)
          : undefined;
}

/* The cells of a series, one for each of its columns. */
function cellsOf(family, at) {
    const { name: unit, per } = family.shows,
        now = last(family),
        value = valueOf(family, now, at);
    switch (family.type) {
        case 'counter':
            return [format(value, unit), format(rateNow(family, at), unit, '/s')];
        case 'info':
            return [];
        case 'stateset':
            return [family.parts.filter((_, i) => valueOf(family, now, at, i) > 0).join(', ') || 'none'];
        case 'summary':
            return [
                format(rateNow(family, at), '', '/s'),
                format(meanOf(family, at), unit),
                ...family.parts
                    .slice(-2)
                    .map((_, i, all) =>
                        format(valueOf(family, now, at, 2 + family.parts.length - all.length + i), unit),
                    ),
            ];
        case 'histogram':
        case 'gaugehistogram':
            return [
                family.type === 'histogram' ? format(rateNow(family, at), '', '/s') : format(value),
                format(meanOf(family, at), unit),
                ...quantilesOf(family, at, [0.5, 0.99]).map((v) => format(Number.isNaN(v) ? undefined : v, unit)),
            ];
        default:
            return [format(value, unit, per)];
    }
}

function linePoints(family, at, part, value) {
    return family.readings.map((reading, i) => [reading.t, value(family.readings[i - 1], reading, at, part)]);
}

function lineValue(family) {
    if (family.type === 'counter') return (before, now, at) => rateOf(family, before, now, at);
    if (family.shows.name === 'time')
        return (_, now, at) => (valueOf(family, now, at) > 0 ? now.t / 1000 - valueOf(family, now, at) : NaN);
    if (family.type === 'summary' && !family.parts.length)
        return (before, now, at) => rateOf(family, before, now, at, 1) / rateOf(family, before, now, at, 0);
    return (_, now, at, part) => valueOf(family, now, at, part);
}

/* A summary of one series has a line a quantile; several series have their highest one each. */
function linesOf(family, shown) {
    const value = lineValue(family),
        parts = family.parts.length,
        single = family.type === 'summary' && shown.length === 1 && parts;
    if (single)
        return family.parts.map((part, i) => ({
            name: 'quantile ' + part,
            tag: part,
            color: ink.lines[i % LINES],
            points: linePoints(family, shown[0], 2 + i, value),
        }));
    return shown.map((at, i) => ({
        name: shortText(family, at) || family.name,
        color: ink.lines[i % LINES],
        points: linePoints(family, at, family.type === 'summary' && parts ? 1 + parts : 0, value),
    }));
}

function lineCaption(family) {
    if (family.type === 'counter') return 'rate per second';
    if (family.shows.name === 'time') return 'time since then';
    if (family.type !== 'summary') return 'value';
    if (!family.parts.length) return 'mean';
    return family.shown.length > 1 ? 'quantile ' + family.parts[family.parts.length - 1] : 'quantiles';
}

function statePlan(family, picked) {
    const seen = family.readings.map((reading, i) => ({
        from: i ? family.readings[i - 1].t : reading.t,
        to: reading.t,
        counts: Float64Array.from(family.parts, (_, part) =>
            picked.reduce((sum, at) => sum + (valueOf(family, reading, at, part) || 0), 0),
        ),
    }));
    return {
        kind: 'heat',
        names: family.parts,
        columns: seen,
        lines: [],
        caption: picked.length > 1 ? 'series in each state' : 'state',
    };
}

function heatPlan(family, picked, version) {
    const heat = heatOf(family, picked, version),
        rate = family.type === 'histogram';
    const line = (q, i) => ({
        name: 'p' + q * 100,
        tag: 'p' + q * 100,
        color: ink.text,
        dash: i ? [4, 3] : undefined,
        points: heat.columns.map(({ to, counts }) => [to, quantilePlace(counts, q)]),
    });
    const lines = [0.5, 0.99].map(line);
    const nothing = !heat.columns.some(({ counts }) => counts.some((n) => n > 0));
    return {
        kind: 'heat',
        ...heat,
        rate,
        lines,
        caption: rate ? 'observations: the stronger, the more' : 'what is there: the stronger, the more',
        empty: nothing && heat.columns.length ? 'Nothing was observed meanwhile' : undefined,
    };
}

function planOf(family, picked, version) {
    const first = family.readings[0].t,
        to = last(family).t,
        from = Math.min(first, to - 15000 * Math.max(1, link.every));
    const { name, per } = family.shows,
        steps = family.readings.length - 1;
    let plan;
    if (isHistogram(family)) plan = heatPlan(family, picked, version);
    else if (family.type === 'stateset') plan = statePlan(family, picked);
    else plan = { kind: 'lines', lines: linesOf(family, family.shown), caption: lineCaption(family) };
    if (!steps && (family.type === 'counter' || family.type === 'histogram')) plan.empty = 'A rate needs two readings';
    const pace = steps > 0 ? (to - first) / steps : 5000;
    return {
        unit: name === 'time' ? 'seconds' : name,
        per: family.type === 'counter' ? '/s' : per,
        from,
        to,
        gap: 3.5 * pace,
        ...plan,
    };
}

/* What the chart says at a time, in words. */
function planTells(family, plan, t) {
    const nearest = family.readings.reduce(
        (best, { t: at }) => (Math.abs(at - t) < Math.abs(best - t) ? at : best),
        plan.to,
    );
    const tell = (v) =>
        plan.kind === 'heat' ? format(placeValue(plan, v), plan.unit) : format(v, plan.unit, plan.per);
    const parts = plan.lines
        .map(({ name, points }) => [name, points.find(([at]) => at === nearest)?.[1]])
        .filter(([, v]) => Number.isFinite(v));
    const states = plan.names
        ? plan.names.map((name, row) => [name, plan.columns.find(({ to }) => to === nearest)?.counts[row]])
        : [];
    const said = [
        ...parts.map(([name, v]) => (parts.length > 1 || plan.kind === 'heat' ? `${name} ${tell(v)}` : tell(v))),
        ...states.filter(([, n]) => n > 0).map(([name, n]) => (n > 1 ? `${name} ${n}` : name)),
    ];
    return { t: nearest, text: `${clock(nearest)}  ${said.join(' · ') || 'nothing'}` };
}
