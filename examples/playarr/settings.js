/*
 * settings.js - shows the token of scrapers to the admin, how Prometheus gets it, and has a new one made.
 *
 * Both tokens live in `session` and nowhere else; what is veiled is not in the document. Every question to the server
 * has a number: an answer counts only if nothing was asked, or forgotten, since. The token is read again now and then,
 * and when somebody comes back to the page, so that what is shown is what is valid.
 */
const FILE = '/etc/prometheus/playarr.token',
    AGAIN_MS = 15000,
    PATIENCE_MS = 15000;
const session = { admin: '', token: '', path: '/metrics', shown: false, turn: 0, making: false };
const here = location.href.replace(/[?#].*/, '');
const api = new URL('../api/settings/metrics', here).href;

class Refused extends Error {}
class Answered extends Error {}

function request(method, url, token) {
    return fetch(url, {
        method,
        headers: { Authorization: 'Bearer ' + token },
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
    });
}

/* A token from the server. */
async function askToken(method, url) {
    if (/[^!-~]/.test(session.admin)) throw new Refused(); /* no header carries it */
    const answer = await request(method, url, session.admin);
    if (answer.status === 401) throw new Refused();
    if (!answer.ok) throw new Answered(`The server answered ${answer.status}; its log says why.`);
    const { value } = await answer.json();
    if (!/^[0-9a-f]{64}$/.test(value)) throw new Answered('The server answered something else than a token.');
    return value;
}

function explain(error) {
    if (error instanceof Answered) return error.message;
    return error.name === 'TimeoutError' ? 'The server does not answer.' : 'The server cannot be reached.';
}

/* Where the metrics are: the page of the library tells it in a Link field, if there is one. */
async function findPath() {
    try {
        const told = (await request('HEAD', new URL('../', here), session.token)).headers.get('Link');
        const path = told && told.slice(1, told.lastIndexOf('>')).replace(/\.json$/, '');
        if (path) session.path = new URL('..' + path, here).pathname;
    } catch {
        session.path = '/metrics';
    }
}

/* ---- What is shown ----------------------------------------------------------------------------------------------- */

const command = (token) =>
    `printf '%s\\n' ${token} |\n  sudo install -m 0600 -o prometheus /dev/stdin ${FILE}`;

function configuration() {
    const { protocol, hostname, port } = location;
    const target = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
    return [
        'scrape_configs:',
        '  - job_name: playarr',
        '    scrape_interval: 15s',
        ...(protocol === 'https:' ? ['    scheme: https'] : []),
        ...(session.path === '/metrics' ? [] : [`    metrics_path: ${quote(session.path)}`]),
        '    authorization:',
        '      type: Bearer',
        `      credentials_file: ${FILE}`,
        '    static_configs:',
        `      - targets: [${quote(target)}]`,
        '',
    ].join('\n');
}

function paintHint() {
    const near = /^(127\.|localhost$|\[::1\]$)/.test(location.hostname);
    const open = location.protocol === 'http:' && !near;
    say(
        $('hint'),
        'Prometheus reads the file at every scrape: a new token needs no restart.' +
            (near ? ' This address is reached from this machine only.' : '') +
            (open
                ? ' This connection is not encrypted: others on the way can read both tokens. Put a TLS proxy in front.'
                : ''),
    );
}

function paint() {
    const { token, shown } = session,
        value = $('value');
    value.classList.toggle('veiled', !shown);
    say(value, shown ? token : '•'.repeat(64));
    if (shown) value.removeAttribute('role');
    else value.setAttribute('role', 'img');
    value.ariaLabel = shown ? null : 'Hidden token';
    say($('show'), shown ? 'Hide' : 'Show');
    say($('write'), command(shown ? token : '••••••••'));
    say($('scrape'), configuration());
    paintHint();
}

function paintState(kind, text) {
    $('state').className = 'state ' + kind;
    say($('state').lastChild, text);
}

/* Nothing that was read stays. */
function lock(why) {
    Object.assign(session, { admin: '', token: '', shown: false, making: false });
    session.turn++;
    for (const id of ['value', 'write', 'scrape', 'alert', 'notice']) $(id).replaceChildren();
    $('sure').close();
    $('main').hidden = $('forget').hidden = true;
    $('gate').hidden = false;
    say($('refused'), why);
    paintState('', 'Metrics settings');
    $('admin').focus();
}

function admit() {
    $('gate').hidden = true;
    $('main').hidden = $('forget').hidden = false;
    paintState('live', 'Metrics settings');
    paint();
}

/* ---- What is done ------------------------------------------------------------------------------------------------ */

async function enter() {
    const turn = ++session.turn;
    session.admin = $('admin').value.trim();
    $('admin').value = '';
    say($('refused'), '');
    try {
        const token = await askToken('GET', api);
        if (turn !== session.turn) return;
        session.token = token;
        await findPath();
        if (turn !== session.turn) return;
        admit();
        $('show').focus();
    } catch (error) {
        if (turn !== session.turn) return;
        lock(error instanceof Refused ? 'That admin token was not accepted.' : explain(error));
    }
}

/* Another token than the one that may be shown is veiled at first. */
function replace(token, news) {
    Object.assign(session, { token, shown: false });
    for (const id of ['said', 'said-write']) say($(id), '');
    say($('notice'), news);
    paint();
}

/* The token may have been changed by somebody else. */
async function refresh() {
    if (!session.token || session.making || document.hidden) return;
    const turn = ++session.turn;
    try {
        const token = await askToken('GET', api);
        if (turn !== session.turn) return;
        say($('alert'), '');
        paintState('live', 'Metrics settings');
        if (token === session.token) return;
        replace(token, 'The token has changed in the meantime. Everything below is about the new one.');
    } catch (error) {
        if (turn !== session.turn) return;
        if (error instanceof Refused) return lock('Your admin token is not accepted any more.');
        say($('alert'), explain(error) + ' What you see may be out of date; trying again.');
        paintState('bad', 'No answer');
    }
}

async function regenerate() {
    const turn = ++session.turn;
    $('sure').close();
    session.making = $('regenerate').disabled = true;
    say($('notice'), '');
    try {
        const token = await askToken('POST', api + '/regenerate');
        if (turn !== session.turn) return;
        say($('alert'), '');
        replace(token, 'The old token is refused from now on. Prometheus needs the new one: see step 1 below.');
    } catch (error) {
        if (turn !== session.turn) return;
        if (error instanceof Refused) return lock('Your admin token is not accepted any more.');
        say(
            $('alert'),
            error instanceof Answered
                ? `No new token was made, and the old one is still valid. ${error.message}`
                : `${explain(error)} A new token may have been made or not; this page looks again.`,
        );
    } finally {
        session.making = $('regenerate').disabled = false;
        if (!$('main').hidden) ($('notice').textContent ? $('notice') : $('alert')).focus();
    }
}

function show(shown) {
    session.shown = shown;
    paint();
}

function listen() {
    const on = (id, event, does) => $(id).addEventListener(event, does);
    const reveal = () => show(true);
    on('gate', 'submit', (event) => {
        event.preventDefault();
        enter();
    });
    on('show', 'click', () => {
        show(!session.shown);
        mention($('said'), session.shown ? 'The token is shown.' : 'The token is hidden.');
    });
    on('copy', 'click', () => copyText(session.token, $('value'), $('said'), reveal));
    on('copy-write', 'click', () => copyText(command(session.token), $('write'), $('said-write'), reveal));
    on('copy-scrape', 'click', () => copyText(configuration(), $('scrape'), $('said-scrape')));
    on('regenerate', 'click', () => $('sure').showModal());
    on('cancel', 'click', () => $('sure').close());
    on('confirm', 'click', regenerate);
    on('forget', 'click', () => lock(''));
    addEventListener('pagehide', () => lock(''));
    addEventListener('focus', refresh);
    document.addEventListener('visibilitychange', refresh);
    setInterval(refresh, AGAIN_MS);
}

document.title = `${location.host} metrics token`;
listen();
onTheme(() => {});
$('admin').focus();
