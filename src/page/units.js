/*
 * units.js - numbers as people read them, in the unit of their family.
 *
 * A unit is what the family declares, or else what its name says: many programs write _bytes_total and declare nothing.
 * 'time' is a moment (Unix seconds), of which the age is shown.
 */
const SCALES = {
    bytes: [
        [1, 'B'],
        [1024, 'KiB'],
        [2 ** 20, 'MiB'],
        [2 ** 30, 'GiB'],
        [2 ** 40, 'TiB'],
        [2 ** 50, 'PiB'],
    ],
    seconds: [
        [1e-9, 'ns'],
        [1e-6, 'µs'],
        [1e-3, 'ms'],
        [1, 's'],
        [60, 'min'],
        [3600, 'h'],
        [86400, 'd'],
    ],
    ratio: [[0.01, '%']],
    '': [
        [1, ''],
        [1e3, 'k'],
        [1e6, 'M'],
        [1e9, 'G'],
        [1e12, 'T'],
        [1e15, 'P'],
    ],
};
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

function unitOf(family) {
    const name = family.name.replace(/_total$/, '');
    if (/_timestamp(_seconds)?$/.test(name)) return { name: 'time', per: '' };
    if (/_bytes_per_second$/.test(name)) return { name: 'bytes', per: '/s' };
    const told = /(?:^|_)(bytes|seconds)(?:_|$)|_(ratio)$/.exec(name);
    return { name: family.unit || (told ? told[1] || told[2] : ''), per: '' };
}

/* Divisor and suffix for numbers of this size: the largest that leaves at least 1, or 2 of longer times. */
function scaleOf(size, unit) {
    const scales = SCALES[unit] || SCALES[''];
    let best = scales.length > 1 ? scales.find(([by]) => by === 1) : scales[0];
    if (size > 0 && best[0] === 1 && scales !== SCALES[''])
        for (const scale of scales) if (size >= scale[0] * (scale[0] > 1 && unit === 'seconds' ? 2 : 1)) best = scale;
    if (scales === SCALES[''] && size >= 1e6) for (const scale of scales) if (size >= scale[0]) best = scale;
    if (size > 0 && size < scales[0][0] && unit === 'seconds') best = scales[0];
    return [best[0], best[1] + (SCALES[unit] ? '' : (best[1] && ' ') + unit)];
}

function digits(x) {
    if (Number.isInteger(x) && Math.abs(x) < 1e6) return whole.format(x);
    return x !== 0 && Math.abs(x) < 1e-3 ? x.toExponential(1) : short.format(x);
}

function ago(seconds) {
    return seconds < 1 ? 'now' : format(Math.round(seconds), 'seconds') + ' ago';
}

function format(value, unit = '', per = '') {
    if (value === undefined) return '–';
    if (Number.isNaN(value)) return 'NaN';
    if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '−Inf';
    if (unit === 'time') return value > 0 ? ago(Date.now() / 1000 - value) : 'never';
    const [by, suffix] = scaleOf(Math.abs(value), unit);
    return digits(value / by) + (suffix && '\u202f' + suffix) + per;
}

/* Numbers of an axis from `low` to `high`, about `count` of them, and one way to write them all. */
function axis(low, high, count, unit, per) {
    const [by, suffix] = scaleOf(Math.max(Math.abs(low), Math.abs(high)), unit);
    const rough = (high - low) / by / count,
        power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((n) => n * power >= rough);
    const at = [];
    for (let n = Math.ceil(low / by / step - 1e-9); n * step * by <= high * (1 + 1e-9); n++) at.push(n * step * by);
    return {
        at,
        step: step * by,
        label: (v) => digits(Number((v / by).toPrecision(12))) + (v ? (suffix && ' ' + suffix) + per : ''),
    };
}

/* What a label filter asks for: `name=text` and `name="exactly"`, several of them with commas or blanks between. */
function parseFilter(text) {
    const asked = [];
    for (const m of text.matchAll(/([^\s=,{}"]+)(?:=(?:"((?:[^"\\]|\\.)*)("?)|([^\s,{}]*)))?/gu)) {
        const [, name, quoted, end, bare] = m;
        const value = quoted === undefined ? (bare || '').toLowerCase() : quoted.replace(/\\(.)/gu, '$1');
        asked.push({ name, has: m[0].includes('='), value: end ? value : value.toLowerCase(), exact: !!end });
    }
    return asked;
}

function passes(labels, asked) {
    return asked.every(({ name, has, value, exact }) => {
        if (!has) return Object.keys(labels).some((label) => label.includes(name));
        if (!Object.hasOwn(labels, name)) return false;
        return exact ? labels[name] === value : labels[name].toLowerCase().includes(value);
    });
}
