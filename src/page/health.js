/*
 * health.js - how the collectors and the library fare, by tacho's own metrics, and the way to scrape them all.
 */
const MISHAPS = [
    ['tacho_series_rejected_total', 'updates without a series of their own', 'family'],
    ['tacho_misuse_total', 'misused calls', 'kind'],
    ['tacho_label_values_repaired_total', 'repaired label values', 'reason'],
    ['tacho_observations_dropped_total', 'dropped observations', 'reason'],
    ['tacho_creations_timed_out_total', 'series not made in time'],
    ['tacho_exemplars_dropped_total', 'dropped exemplars', 'reason'],
    ['tacho_scrape_reduced_series_total', 'series shown without exemplars'],
    ['tacho_collector_families_dropped_total', 'families left out for their name', 'collector'],
];

/* [labels, value] of what a family shows now. */
function valuesNow(name) {
    const family = store.families.get(name);
    return !family || family.gone
        ? []
        : family.places.map((at) => [family.series[at].labels, valueOf(family, last(family), at)]);
}

function collectorsNow() {
    const of = (name, collector) => valuesNow(name).filter(([labels]) => labels.collector === collector);
    return valuesNow('tacho_collector_success').map(([{ collector }, good]) => ({
        collector,
        good: good === 1,
        took: of('tacho_collector_duration_seconds', collector)[0]?.[1],
        since: of('tacho_collector_last_success_timestamp_seconds', collector)[0]?.[1],
        failures: of('tacho_collector_failures_total', collector)
            .filter(([, n]) => n > 0)
            .map(([{ reason }, n]) => [reason, n]),
    }));
}

function paintCollectors() {
    const all = collectorsNow(),
        bad = all.filter(({ good }) => !good);
    const names = bad.map(
        ({ collector, failures }) =>
            collector + (failures.length ? ` (${failures.map(([reason]) => reason).join(', ')})` : ''),
    );
    const who = bad.length > 1 ? `${bad.length} collectors are` : 'A collector is';
    const what = bad.length > 1 ? 'What they show' : 'What it shows';
    say($('alert'), bad.length ? `${who} failing: ${names.join(', ')}. ${what} is missing, or old.` : '');
    all.sort((a, b) => a.good - b.good);
    $('collectors').replaceChildren(
        all.length
            ? h(
                  'ul',
                  {},
                  ...all.map(({ collector, good, took, since, failures }) =>
                      h(
                          'li',
                          { className: good ? 'good' : 'failing' },
                          h('b', {}, collector),
                          h('span', { className: 'verdict' }, good ? 'well' : 'failing'),
                          h('small', {}, `took ${format(took, 'seconds')} · last success ${format(since, 'time')}`),
                          ...(failures.length
                              ? [
                                    h(
                                        'small',
                                        { className: 'warn' },
                                        'failures: ' +
                                            failures.map(([reason, n]) => `${reason} ${digits(n)}`).join(', '),
                                    ),
                                ]
                              : []),
                      ),
                  ),
              )
            : h('p', { className: 'quiet' }, 'No collector reports here.'),
    );
}

function mishapsNow() {
    return MISHAPS.map(([name, words, label]) => {
        const grown = valuesNow(name).filter(([, n]) => n > 0),
            sum = grown.reduce((all, [, n]) => all + n, 0);
        const where = label
            ? grown
                  .slice(0, 3)
                  .map(([labels]) => labels[label])
                  .join(', ') + (grown.length > 3 ? ' …' : '')
            : '';
        return { name, sum, text: `${digits(sum)} ${words}${where && ': ' + where}` };
    }).filter(({ sum }) => sum > 0);
}

function paintLibrary() {
    const used = valueNow('tacho_memory_used_bytes'),
        budget = valueNow('tacho_memory_budget_bytes'),
        series = valueNow('tacho_series');
    if (used === undefined || !budget) {
        $('library').replaceChildren(h('p', { className: 'quiet' }, 'The library’s own metrics are not shown here.'));
        return;
    }
    const part = used / budget,
        bar = h('i'),
        mishaps = mishapsNow();
    bar.style.width = Math.min(100, Math.max(1, 100 * part)) + '%';
    $('library').replaceChildren(
        h(
            'p',
            {},
            h('b', {}, format(used, 'bytes')),
            ` of ${format(budget, 'bytes')} memory · `,
            h('b', {}, whole.format(series ?? 0)),
            ' series',
        ),
        h(
            'div',
            {
                className: 'meter' + (part > 0.8 ? ' high' : ''),
                role: 'meter',
                'aria-label': 'Memory used of the budget',
                'aria-valuenow': Math.round(100 * part),
                'aria-valuemin': 0,
                'aria-valuemax': 100,
            },
            bar,
        ),
        mishaps.length
            ? h(
                  'ul',
                  { className: 'mishaps' },
                  ...mishaps.map(({ text, name }) => h('li', { className: 'warn', title: name }, text)),
              )
            : h('p', { className: 'quiet' }, 'No mishaps were counted.'),
    );
}

/* Who exposes this, by the first word of most families. */
function jobName() {
    const counts = new Map();
    for (const { name } of store.families.values()) {
        const word = name.split(/[_:.]/)[0];
        if (word !== 'tacho' && word !== 'process') counts.set(word, (counts.get(word) || 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] || 'tacho';
}

function paintConfig() {
    const { protocol, hostname, port } = location,
        path = link.url.pathname.replace(/\.json$/, ''),
        job = jobName();
    const target = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
    const near = /^(127\.|localhost$|\[::1\]$)/.test(hostname);
    say(
        $('config').querySelector('pre'),
        [
            'scrape_configs:',
            `  - job_name: ${quote(job)}`,
            ...(protocol === 'https:' ? ['    scheme: https'] : []),
            ...(path === '/metrics' ? [] : [`    metrics_path: ${quote(path)}`]),
            ...(link.token
                ? [
                      '    authorization:',
                      `      credentials_file: ${quote('/etc/prometheus/' + job.replace(/\W/g, '_') + '.token')}`,
                  ]
                : []),
            '    static_configs:',
            `      - targets: [${quote(target)}]`,
            '',
        ].join('\n'),
    );
    say(
        $('hint'),
        (near ? 'This address is reached from this machine only. ' : '') +
            (link.token ? 'Put the token alone into the file, readable for Prometheus only.' : '') ||
            'For prometheus.yml:',
    );
}

function copyConfig() {
    const pre = $('config').querySelector('pre');
    return copyText(pre.textContent, pre, $('config').querySelector('[role=status]'));
}
