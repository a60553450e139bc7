/*
 * chart.js - charts on a canvas: lines over time, and heat maps of buckets with lines of quantiles over them.
 *
 * What to draw is a plan:
 *   { kind: 'lines', lines: [{ color, name, points: [[t, v], ...], dash }], unit, per, from, to }
 *   { kind: 'heat', bounds or names, columns, lines: as above, in rows, unit, from, to }
 * A line is broken where readings are missing. `mark` is the time under the pointer, or undefined.
 */
const ink = {}; /* the colours of the theme */
const LINES = 6;

function readInk() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ['text', 'soft', 'rule', 'accent', 'card'])
        ink[name] = style.getPropertyValue('--' + name).trim();
    ink.lines = Array.from({ length: LINES }, (_, i) => style.getPropertyValue(`--line${i}`).trim());
    ink.font = '11px ' + style.getPropertyValue('--sans').trim();
}

const clock = (t) =>
    new Date(t).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

function prepare(canvas) {
    const ratio = devicePixelRatio || 1,
        width = canvas.clientWidth,
        height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext('2d');
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = ink.font;
    pen.lineJoin = 'round';
    return { pen, width, height, top: 8, bottom: height - 20, right: width - 6 };
}

/* The frame: numbers at the left, where `place` puts them, and times below. Sets box.left, box.x. */
function drawFrame(box, plan, labels) {
    const { pen } = box;
    box.left = Math.ceil(Math.max(...labels.map(({ text }) => pen.measureText(text).width), 8)) + 8;
    box.x = (t) => box.left + ((t - plan.from) / (plan.to - plan.from)) * (box.right - box.left);
    pen.fillStyle = ink.soft;
    pen.strokeStyle = ink.rule;
    pen.lineWidth = 1;
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    for (const { text, y, rule } of labels) {
        pen.fillText(text, box.left - 6, y);
        if (!rule) continue;
        pen.beginPath();
        pen.moveTo(box.left, Math.round(y) + 0.5);
        pen.lineTo(box.right, Math.round(y) + 0.5);
        pen.stroke();
    }
    drawTimes(box, plan);
}

function drawTimes(box, plan) {
    const { pen } = box,
        most = Math.max(1, (box.right - box.left) / 90);
    const steps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 86400];
    const step = 1000 * (steps.find((s) => (plan.to - plan.from) / 1000 / s <= most) || 604800);
    pen.textAlign = 'center';
    pen.textBaseline = 'alphabetic';
    const zone = new Date(plan.to).getTimezoneOffset() * 60000;
    for (let t = Math.ceil((plan.from - zone) / step) * step + zone; t <= plan.to; t += step) {
        const x = box.x(t),
            text = step % 60000 ? clock(t) : clock(t).slice(0, 5),
            half = pen.measureText(text).width / 2;
        if (x - half >= box.left - 4 && x + half <= box.right + 4) pen.fillText(text, x, box.bottom + 15);
    }
}

/* Runs of points between gaps. */
function* runs(points, gap) {
    let run = [];
    for (const point of points) {
        const broken = !Number.isFinite(point[1]) || (run.length && point[0] - run[run.length - 1][0] > gap);
        if (broken && run.length) {
            yield run;
            run = [];
        }
        if (Number.isFinite(point[1])) run.push(point);
    }
    if (run.length) yield run;
}

function drawLine(box, line, y, gap, filled) {
    const { pen } = box;
    pen.strokeStyle = pen.fillStyle = line.color;
    pen.lineWidth = 1.6;
    pen.setLineDash(line.dash || []);
    for (const run of runs(line.points, gap)) {
        pen.beginPath();
        run.forEach(([t, v], i) => (i ? pen.lineTo(box.x(t), y(v)) : pen.moveTo(box.x(t), y(v))));
        pen.stroke();
        if (filled && run.length > 1) {
            pen.lineTo(box.x(run[run.length - 1][0]), box.bottom);
            pen.lineTo(box.x(run[0][0]), box.bottom);
            pen.globalAlpha = 0.1;
            pen.fill();
            pen.globalAlpha = 1;
        }
        if (run.length === 1) {
            pen.beginPath();
            pen.arc(box.x(run[0][0]), y(run[0][1]), 2.5, 0, 7);
            pen.fill();
        }
    }
    pen.setLineDash([]);
}

/* Which line it is, at its end. */
function drawTag(box, { tag, points, color }, y) {
    const end = points[points.length - 1];
    if (!tag || !end || !Number.isFinite(end[1])) return;
    box.pen.textAlign = 'right';
    box.pen.lineWidth = 3;
    box.pen.strokeStyle = ink.card;
    box.pen.fillStyle = color;
    box.pen.strokeText(tag, box.right, y(end[1]) - 7);
    box.pen.fillText(tag, box.right, y(end[1]) - 7);
}

function drawMark(box, mark) {
    if (mark === undefined) return;
    box.pen.strokeStyle = ink.soft;
    box.pen.lineWidth = 1;
    box.pen.beginPath();
    box.pen.moveTo(box.x(mark), box.top);
    box.pen.lineTo(box.x(mark), box.bottom);
    box.pen.stroke();
}

/* From 0, unless all values are far from it and no rates: a steady one is not to look like a canyon. Room above. */
function range(lines, from, rates) {
    let low = Infinity,
        high = -Infinity;
    for (const { points } of lines)
        for (const [t, v] of points)
            if (t >= from && Number.isFinite(v)) {
                low = Math.min(low, v);
                high = Math.max(high, v);
            }
    if (low > high) return [0, 1];
    if (low === high) return low === 0 ? [0, 1] : low > 0 ? [0, low * 1.25] : [low * 1.25, 0];
    if (low > 0 && (rates || low < high * 0.7)) low = 0;
    if (high < 0 && high > low * 0.7) high = 0;
    const room = (high - low) * 0.08;
    return [low === 0 ? 0 : low - room, high === 0 ? 0 : high + room];
}

function drawLines(canvas, plan, mark) {
    const box = prepare(canvas),
        [low, high] = range(plan.lines, plan.from, plan.per !== '');
    const y = (v) => box.bottom - ((v - low) / (high - low)) * (box.bottom - box.top);
    const { at, label } = axis(low, high, Math.max(2, (box.bottom - box.top) / 38), plan.unit, plan.per);
    drawFrame(
        box,
        plan,
        at.map((v) => ({ text: label(v), y: y(v), rule: true })),
    );
    for (const line of plan.lines) drawLine(box, line, y, plan.gap, plan.lines.length === 1 && low === 0);
    for (const line of plan.lines) drawTag(box, line, y);
    drawMark(box, mark);
    return box;
}

function heatLabels(plan, rows, y, height) {
    if (plan.names) return plan.names.map((text, row) => ({ text: text.slice(0, 16), y: y(row + 0.5) }));
    const every = Math.max(1, Math.ceil(13 / height)),
        labels = [];
    const bound = (row) => (plan.log ? Number(plan.bounds[row].toPrecision(2)) : plan.bounds[row]);
    for (let row = rows; row >= 0; row -= every)
        labels.push({ text: format(bound(row), plan.unit, plan.per), y: y(row) });
    return labels;
}

function drawHeat(canvas, plan, mark) {
    const box = prepare(canvas),
        { pen } = box,
        rows = plan.names ? plan.names.length : plan.bounds.length - 1;
    if (rows < 1) return drawLines(canvas, { ...plan, lines: [] }, mark);
    const height = (box.bottom - box.top) / rows,
        y = (row) => box.bottom - row * height;
    drawFrame(box, plan, heatLabels(plan, rows, y, height));
    const most = Math.max(
        ...plan.columns.map(({ counts, from, to }) => Math.max(...counts) / (plan.rate ? to - from : 1)),
        0,
    );
    pen.fillStyle = ink.accent;
    for (const { from, to, counts } of plan.columns) {
        const left = Math.max(box.left, box.x(from)),
            width = Math.max(1, box.x(to) - left - (plan.columns.length < 90));
        if (to <= plan.from || most === 0) continue;
        counts.forEach((n, row) => {
            if (!(n > 0)) return;
            pen.globalAlpha = 0.12 + 0.88 * Math.sqrt(Math.min(1, n / (plan.rate ? to - from : 1) / most));
            pen.fillRect(left, y(row + 1) + 0.5, width, height - 1);
        });
    }
    pen.globalAlpha = 1;
    for (const line of plan.lines) {
        drawLine(box, { ...line, color: ink.card, dash: undefined }, y, plan.gap);
        drawLine(box, line, y, plan.gap);
        drawTag(box, line, y);
    }
    drawMark(box, mark);
    return box;
}

function draw(canvas, plan, mark) {
    if (!canvas.clientWidth) return null;
    const box = plan.kind === 'heat' ? drawHeat(canvas, plan, mark) : drawLines(canvas, plan, mark);
    if (plan.empty) {
        box.pen.fillStyle = ink.soft;
        box.pen.textAlign = 'center';
        box.pen.fillText(plan.empty, (box.left + box.right) / 2, (box.top + box.bottom) / 2);
    }
    return box;
}
