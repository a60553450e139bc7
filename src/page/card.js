/*
 * card.js - a family on the page: what it is, a table of its series, a chart.
 *
 * Every family has an element from the start, but only those near the window have something in it: the observer fills
 * and empties them. A table makes rows for what is in its window alone. Text goes in as text, never as markup.
 */
const ROW = 26,
    TALL = 12; /* height of a row in px, rows of an open table */
const mounted = new Set();
const cards = new WeakMap();

const observer = new IntersectionObserver(
    (entries) => {
        for (const { target, isIntersecting } of entries) {
            const family = cards.get(target);
            if (isIntersecting) mount(family);
            else unmount(family);
        }
        wake();
    },
    { rootMargin: '300px' },
);

function cardNew(family) {
    const el = h('article', { className: 'card', tabIndex: -1, 'aria-label': `${family.name}, ${family.type}` });
    family.card = { el };
    cards.set(el, family);
    observer.observe(el);
    return el;
}

function cardDrop(family) {
    mounted.delete(family);
    if (!family.card) return;
    observer.unobserve(family.card.el);
    family.card.el.remove();
}

function unmount(family) {
    const { el } = family.card;
    if (!mounted.has(family) || (el !== document.activeElement && el.contains(document.activeElement))) return;
    el.style.height = el.offsetHeight + 'px';
    el.replaceChildren();
    family.card = { el };
    mounted.delete(family);
}

function mount(family) {
    const { card } = family,
        { el } = card;
    if (mounted.has(family)) return;
    mounted.add(family);
    card.help = h('p', { className: 'help' });
    card.meta = h('p', { className: 'meta' });
    card.unit = h('span', { className: 'tag unit' });
    card.titles = h('div', { className: 'titles', role: 'row' });
    card.space = h('div', { role: 'presentation' });
    card.rows = h(
        'div',
        {
            className: 'rows',
            role: 'rowgroup',
            onscroll: wake,
            onclick: (e) => rowPick(family, e.target),
            onkeydown: (e) => rowKeys(family, e),
        },
        card.space,
    );
    card.detail = h('p', { className: 'detail', hidden: true });
    card.more = h('button', { type: 'button', onclick: () => toggle(family) });
    card.sort = h('button', { type: 'button', onclick: () => resort(family) });
    card.canvas = h('canvas', {
        role: 'img',
        onpointermove: (e) => point(family, e),
        onpointerleave: () => mark(family),
    });
    card.caption = h('figcaption');
    card.figure = h('figure', {}, card.canvas, card.caption);
    card.table = h('div', { className: 'table', role: 'table' }, card.titles, card.rows);
    card.body = h(
        'div',
        { className: 'body' },
        h(
            'div',
            { className: 'left' },
            card.table,
            card.detail,
            (card.buttons = h('p', { className: 'more' }, card.more, card.sort)),
        ),
        card.figure,
    );
    el.style.height = '';
    el.append(
        h('h2', { title: family.name }, family.name),
        h('p', { className: 'tags' }, h('span', { className: 'tag ' + family.type }, family.type), card.unit),
        card.help,
        card.meta,
        card.body,
    );
}

/* Which series the table and the chart have: all of a few, else those with the largest values, for half a minute. */
function choose(family) {
    const { picked } = family,
        now = last(family).t;
    const kept = family.chosenFor === view.version && family.chosenOf === picked && now - family.chosen < 30000;
    if (!kept || family.readings.length === 2) {
        const ranked =
            picked.length <= LINES
                ? picked
                : picked
                      .map((at) => [at, weight(family, at)])
                      .sort((a, b) => b[1] - a[1])
                      .slice(0, LINES)
                      .map(([at]) => at);
        Object.assign(family, { top: ranked, chosen: now, chosenFor: view.version, chosenOf: picked });
        if (family.open) order(family);
    }
    const pinned = picked.filter((at) => family.pinned.has(at));
    family.shown = pinned.length ? pinned.slice(0, LINES) : family.top;
}

function order(family) {
    const { picked } = family,
        by = new Map(picked.map((at) => [at, weight(family, at)]));
    family.order = family.byName
        ? [...picked].sort((a, b) => (family.series[a].text < family.series[b].text ? -1 : 1))
        : [...picked].sort((a, b) => by.get(b) - by.get(a));
}

function toggle(family) {
    family.open = !family.open && family.picked.length > LINES;
    if (family.open) order(family);
    wake();
}

function resort(family) {
    family.byName = !family.byName;
    order(family);
    family.card.rows.scrollTop = 0;
    wake();
}

function rowPick(family, target) {
    const at = target.closest('.row')?.at;
    if (at === undefined || !Object.keys(family.series[at].labels).length) return;
    if (!family.pinned.delete(at)) family.pinned.add(at);
    family.detailed = family.pinned.has(at) ? at : [...family.pinned].pop();
    wake();
}

function rowKeys(family, event) {
    const { rows } = family.card,
        all = family.open ? family.order : family.top;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: TALL, PageUp: -TALL, Home: -all.length, End: all.length }[
        event.key
    ];
    if (event.ctrlKey || event.altKey || event.metaKey || (!step && event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) {
        family.active = Math.max(0, Math.min(all.length - 1, (family.active ?? -1) + step));
        rows.scrollTop = Math.min(rows.scrollTop, family.active * ROW);
        rows.scrollTop = Math.max(rows.scrollTop, (family.active + 1) * ROW - rows.clientHeight);
        wake();
    } else {
        const row = [...rows.querySelectorAll('.row')].find(({ index }) => index === family.active);
        if (row) rowPick(family, row);
    }
}

function rowNew(count) {
    const row = h(
        'div',
        { className: 'row', role: 'row' },
        h('i', { role: 'presentation' }),
        h('span', { role: 'cell' }),
    );
    for (let i = 0; i < count; i++) row.append(h('span', { role: 'cell', className: 'c' + i }));
    return row;
}

/* In a row: the values alone, if the title can name the labels for all; long ones among others without their middle. */
function shortText(family, at) {
    const { labels, text } = family.series[at],
        values = Object.values(labels);
    if (values.length !== family.labels.size || values.length === 0) return text;
    return values
        .map((value) =>
            values.length > 1 && value.length > 20 ? value.slice(0, 11) + '…' + value.slice(-6) : value || '""',
        )
        .join(' · ');
}

function paintRow(family, row, index, at, head) {
    const { text } = family.series[at],
        cells = cellsOf(family, at),
        line = family.shown.indexOf(at);
    if (row.index !== index) row.style.top = index * ROW + 'px';
    Object.assign(row, { index, at, ariaSelected: family.pinned.has(at), ariaRowIndex: index + 2 });
    row.classList.toggle('active', index === family.active && document.activeElement === family.card.rows);
    row.firstChild.style.background = line >= 0 && head ? ink.lines[line % LINES] : '';
    say(row.children[1], shortText(family, at) || 'no labels');
    row.children[1].title = text;
    row.classList.toggle('bare', !text);
    cells.forEach((cell, i) => say(row.children[i + 2], cell));
    if (family.type === 'counter' || family.type === 'gauge')
        row.children[2].title = String(valueOf(family, last(family), at));
}

function paintTable(family) {
    const { rows, space, table, titles } = family.card,
        all = family.open ? family.order : family.top,
        names = columnsOf(family);
    if (titles.childElementCount !== names.length + 1) {
        titles.replaceChildren(
            h('span', { role: 'columnheader' }),
            ...names.map((name, i) =>
                h(
                    'span',
                    { role: 'columnheader', className: 'c' + i },
                    family.type === 'summary' && i > 1 ? 'q ' + name : name,
                ),
            ),
        );
        space.replaceChildren();
    }
    say(titles.firstChild, [...family.labels].join(' · ') || 'series');
    const lone = family.series.length === 1 && !family.labels.size;
    table.className = `table n${names.length} ${family.type} ${lone ? 'lone' : drawn(family) ? '' : 'plain'}`;
    table.setAttribute('aria-label', 'Series of ' + family.name);
    table.ariaRowCount = all.length + 1;
    rows.tabIndex = 0;
    rows.style.height = (lone ? 40 : Math.min(all.length, TALL) * ROW) + 'px';
    space.style.height = all.length * ROW + 'px';
    const from = Math.max(0, Math.floor(rows.scrollTop / ROW) - 2),
        to = Math.min(all.length, from + TALL + 5);
    while (space.childElementCount > to - from) space.lastChild.remove();
    while (space.childElementCount < to - from) space.append(rowNew(names.length));
    for (let i = from; i < to; i++) paintRow(family, space.children[i - from], i, all[i], drawn(family));
}

const drawn = (family) =>
    family.type !== 'info' && family.type !== 'stateset' && family.type !== 'summary' && !isHistogram(family);

function paintDetail(family) {
    const { detail } = family.card,
        at = family.type === 'info' && !family.pinned.size ? family.picked[0] : family.detailed;
    const shown = at !== undefined && family.series[at] && (family.pinned.has(at) || family.type === 'info');
    detail.hidden = !shown;
    if (!shown || detail.at === at) return;
    detail.at = at;
    detail.replaceChildren(
        ...Object.entries(family.series[at].labels).map(([name, value]) =>
            h(
                'button',
                { type: 'button', title: 'Filter by this label', onclick: () => filterBy(`${name}=${quote(value)}`) },
                `${name}=${quote(value)}`,
            ),
        ),
    );
}

function paintHead(family) {
    const { card } = family,
        { name, per } = family.shows,
        n = family.places.length,
        few = family.picked.length;
    const unit = family.unit || (name === 'time' ? 'time' : name && name + per),
        labels = [...family.labels];
    say(card.help, family.help || 'No help text.');
    say(card.unit, unit);
    card.unit.hidden = !unit;
    card.unit.title = family.unit ? 'declared unit' : 'unit by its name; none is declared';
    const count = few === n ? `${whole.format(n)} series` : `${whole.format(few)} of ${whole.format(n)} series`;
    const named = labels.length ? (labels.length > 1 ? 'labels ' : 'label ') + labels.join(', ') : 'no labels';
    say(card.meta, `${named} · ${count}${family.gone ? ' · not in the last answer' : ''}`);
    card.el.classList.toggle('gone', family.gone);
    const hidden = few - family.top.length;
    card.more.hidden = !family.open && hidden <= 0;
    say(card.more, family.open ? 'Show fewer' : `Show all ${whole.format(few)}`);
    card.more.ariaExpanded = family.open;
    card.sort.hidden = !family.open;
    say(card.sort, family.byName ? 'Sorted by label' : 'Sorted by value');
    card.buttons.hidden = card.more.hidden;
}

/* Caption and chart. */
function paintChart(family) {
    const { card } = family,
        plan = planOf(
            family,
            family.pinned.size ? family.shown : family.picked,
            family.pinned.size ? {} : family.picked,
        );
    card.plan = plan;
    const told = card.mark === undefined ? null : planTells(family, plan, card.mark);
    card.box = draw(card.canvas, plan, told?.t);
    say(
        card.caption,
        told ? told.text : `${plan.caption} · last ${format(Math.round((plan.to - plan.from) / 1000), 'seconds')}`,
    );
    card.canvas.ariaLabel = `${family.name}: ${plan.caption}. ${planTells(family, plan, plan.to).text}`;
}

function paint(family) {
    const { card } = family,
        empty = !family.picked.length || !family.readings.length;
    card.body.hidden = empty;
    if (!empty) choose(family);
    paintHead(family);
    if (empty) return;
    paintTable(family);
    paintDetail(family);
    card.figure.hidden = family.type === 'info';
    card.body.classList.toggle('single', family.type === 'info');
    if (!card.figure.hidden) paintChart(family);
}

function point(family, event) {
    const { box, plan } = family.card,
        x = event.offsetX;
    if (box && plan) mark(family, plan.from + ((x - box.left) / (box.right - box.left)) * (plan.to - plan.from));
}

function mark(family, t) {
    family.card.mark = t;
    wake();
}

/* One reading to the left or to the right. */
function markStep(family, step) {
    const at = family.readings.findIndex(({ t }) => t === family.card.plan?.to && family.card.mark === undefined);
    const now = at >= 0 ? at : family.readings.findIndex(({ t }) => t >= family.card.mark);
    mark(
        family,
        family.readings[
            Math.max(0, Math.min(family.readings.length - 1, (now < 0 ? family.readings.length : now) + step))
        ].t,
    );
}
