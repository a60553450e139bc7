/*
 * main.js - the page around the families: the search, the keys, the theme, and when what is painted.
 *
 * Nothing is painted but in a frame that wake() asks for. `view.version` changes with the search; a family whose series
 * changed is `dirty`. Nothing is stored: a page that is loaded again has forgotten everything.
 */
const view = { version: 0, words: [], asked: [], frame: 0 };

function wake() {
    view.frame ||= requestAnimationFrame(() => {
        view.frame = 0;
        if (document.hidden) return;
        sift();
        for (const family of mounted) if (!family.card.el.hidden) paint(family);
    });
}

/* Which families and series the search leaves; those that are new get their element. */
function sift() {
    let families = 0,
        series = 0;
    const fresh = document.createDocumentFragment();
    for (const family of store.families.values()) {
        if (!family.card) fresh.append(cardNew(family));
        if (family.dirty || family.sifted !== view.version) {
            const named = view.words.every((word) => family.found.includes(word));
            family.picked = !named
                ? []
                : view.asked.length
                  ? family.places.filter((at) => passes(family.series[at].labels, view.asked))
                  : family.places;
            family.card.el.hidden = !named || (view.asked.length > 0 && !family.picked.length);
            Object.assign(family, { dirty: false, sifted: view.version, active: undefined });
        }
        if (family.card.el.hidden) continue;
        families++;
        series += family.picked.length;
    }
    $('families').append(fresh);
    const all = families === store.families.size && !view.asked.length;
    const of = all ? '' : ' of ' + whole.format(store.families.size);
    say($('count'), `${whole.format(families)}${of} families · ${whole.format(series)} series`);
    $('none').hidden = families > 0;
    say($('none').firstChild, store.families.size ? 'No family fits this search.' : 'Nothing is exposed here yet.');
    $('none').lastChild.hidden = !store.families.size;
    rove();
}

/* One family takes the focus when somebody comes with Tab. */
function rove(to) {
    const now =
        to ||
        (view.stop?.isConnected && !view.stop.hidden ? view.stop : $('families').querySelector('.card:not([hidden])'));
    if (now === view.stop) return;
    if (view.stop) view.stop.tabIndex = -1;
    if (now) now.tabIndex = 0;
    view.stop = now;
}

function search() {
    view.words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
    view.asked = parseFilter($('filter').value);
    view.version++;
    wake();
}

function filterBy(text) {
    const now = $('filter').value.trim();
    if (!now.includes(text)) $('filter').value = now ? now + ', ' + text : text;
    search();
}

/* ---- The token ------------------------------------------------------------------------------------------------ */

/* Nothing that was read stays. */
function forget() {
    store.families.forEach(cardDrop);
    store.families.clear();
    store.pairs.clear();
    $('families').replaceChildren();
    for (const id of ['collectors', 'library', 'pairs', 'alert', 'count']) $(id).replaceChildren();
    $('config').querySelector('pre').replaceChildren();
}

function askToken(why) {
    $('main').hidden = $('tools').hidden = true;
    $('gate').hidden = false;
    $('refused').textContent = why;
    $('token').focus();
}

function admitted() {
    $('gate').hidden = true;
    $('main').hidden = $('tools').hidden = false;
    $('forget').hidden = !link.token;
    paintCollectors();
    paintLibrary();
    paintConfig();
    if ($('pairs').childElementCount !== store.pairs.size)
        $('pairs').replaceChildren(...Array.from(store.pairs.keys(), (value) => h('option', { value })));
    wake();
}

/* ---- What happens ------------------------------------------------------------------------------------------------ */

function paintState() {
    const left = Math.ceil((link.next - Date.now()) / 1000);
    const [kind, text] = link.errors
        ? [
              'bad',
              `${link.failure}; trying again ${left > 0 ? 'in ' + left + ' s' : 'now'}`,
          ]
        : !link.asked
          ? ['', link.busy ? 'Asking' : 'Waiting for a token']
          : link.paused
            ? ['', 'Paused']
            : !$('gate').hidden
              ? ['', 'Asking']
              : ['live', 'Live'];
    $('state').className = 'state ' + kind;
    say($('state').lastChild, text);
}

function pause() {
    link.paused = !link.paused;
    say($('pause'), link.paused ? 'Go on' : 'Pause');
    if (link.paused) schedule();
    else poll();
    paintState();
}

function themePainted() {
    readInk();
    wake();
}

function cardKeys(event) {
    const { key, target } = event,
        family = cards.get(target);
    if (!family || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = () => [...$('families').querySelectorAll('.card:not([hidden])')];
    const beside = (way) => {
        let el = target;
        do el = el[way];
        while (el?.hidden);
        return el;
    };
    const to = {
        ArrowDown: () => beside('nextElementSibling'),
        ArrowUp: () => beside('previousElementSibling') || $('search'),
        Home: () => all()[0],
        End: () => all().pop(),
    }[key];
    if (to) to()?.focus();
    else if (key === 'Enter') toggle(family);
    else if (key === 'ArrowLeft' || key === 'ArrowRight') markStep(family, key === 'ArrowLeft' ? -1 : 1);
    else return;
    event.preventDefault();
}

function keys(event) {
    const typing = event.target.matches('input, select, textarea');
    if (event.ctrlKey || event.altKey || event.metaKey || $('main').hidden) return;
    if (event.key === 'Escape') {
        if (event.target.matches('.bar input')) {
            event.target.value = '';
            search();
        } else if (cards.has(event.target)) {
            cards.get(event.target).pinned.clear();
            mark(cards.get(event.target));
        } else event.target.closest('.card')?.focus();
    } else if (event.key === 'ArrowDown' && event.target === $('search')) {
        view.stop?.focus();
        event.preventDefault();
    } else if (event.key === '/' && !typing) {
        $('search').focus();
        $('search').select();
        event.preventDefault();
    } else if (event.key === 'p' && !typing) {
        pause();
    }
}

function listen() {
    const on = (id, event, does) => $(id).addEventListener(event, does);
    on('search', 'input', search);
    on('filter', 'input', search);
    on('pause', 'click', pause);
    on('copy', 'click', copyConfig);
    on('forget', 'click', () => {
        link.token = '';
        refused();
        paintState();
    });
    on('every', 'change', () => {
        link.every = Number($('every').value);
        poll();
    });
    on('families', 'keydown', cardKeys);
    on('families', 'focusin', ({ target }) => {
        const el = target.closest('.card');
        if (el) rove(el);
    });
    on('none', 'click', ({ target }) => {
        if (target.type) {
            $('search').value = $('filter').value = '';
            search();
        }
    });
    on('gate', 'submit', (event) => {
        event.preventDefault();
        link.token = $('token').value.trim();
        $('token').value = $('refused').textContent = '';
        link.asked = true;
        poll();
    });
    document.querySelector('.bar').addEventListener('submit', (event) => event.preventDefault());
    document.addEventListener('keydown', keys);
    document.addEventListener('visibilitychange', () =>
        document.hidden || link.paused || !link.asked ? schedule() : poll(),
    );
    addEventListener('resize', wake);
    setInterval(() => {
        if (link.errors) paintState();
    }, 1000);
}

link.every = Number($('every').value);
link.asked = true;
$('host').textContent = location.host;
document.title = `${location.host} metrics`;
listen();
onTheme(themePainted);
poll();
