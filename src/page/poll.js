/*
 * poll.js - reads PATH.json again and again.
 *
 * Where it is, the page's own answer says in a Link field: to anybody if there is no token, else to who sends it. The
 * token lives in `link` and nowhere else. An answer is read line by line, a family each, with pauses for the browser;
 * one without its last line is no answer. There is one request at a time; none while the page is hidden or paused, and
 * after errors they are the rarer the longer it lasts.
 */
const link = { url: null, token: '', errors: 0, timer: 0, busy: false, paused: false, next: 0 };
const SLICE_MS = 8,
    PATIENCE_MS = 60000;
const rest = () =>
    new Promise((resume) => {
        setTimeout(resume);
    });

class Refused extends Error {}

async function ask(url, method) {
    const headers = link.token ? { Authorization: 'Bearer ' + link.token } : {};
    const answer = await fetch(url, {
        method,
        headers,
        cache: 'no-store',
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status === 401) throw new Refused();
    if (!answer.ok) {
        link.url = null;
        throw new Error(`The server answered ${answer.status}`);
    }
    return answer;
}

/* The path of the metrics, relative to this page: a proxy may have put both elsewhere. */
async function discover() {
    const told = (await ask(location.pathname, 'HEAD')).headers.get('Link');
    if (!told) throw new Refused();
    link.url = new URL('.' + told.slice(1, told.lastIndexOf('>')), location.href.replace(/[?#].*/, ''));
}

async function takeLines(body, t) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '',
        whole = false,
        since = performance.now();
    for (let part; !(part = await reader.read()).done;) {
        text += part.value;
        if (!part.value.includes('\n')) continue;
        const lines = text.split('\n');
        text = lines.pop();
        for (const line of lines) {
            if (line === ']') whole = true;
            else if (line !== '[') storeTake(JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line), t);
            if (performance.now() - since < SLICE_MS) continue;
            await rest();
            since = performance.now();
        }
    }
    if (!whole) throw new Error('The answer broke off');
    storeEnd();
}

async function poll() {
    clearTimeout(link.timer);
    if (link.busy || document.hidden) return;
    link.busy = true;
    const { token } = link;
    try {
        if (!link.url) await discover();
        const answer = await ask(link.url, 'GET');
        await takeLines(answer.body, Date.now());
        if (token !== link.token) return forget();
        link.errors = 0;
        link.failure = '';
        admitted();
    } catch (error) {
        if (token !== link.token) forget();
        else if (error instanceof Refused) refused();
        else failed(error);
    } finally {
        link.busy = false;
        schedule();
        paintState();
    }
}

function failed(error) {
    link.errors++;
    link.failure =
        error.name === 'TimeoutError'
            ? 'No answer in a minute'
            : error instanceof TypeError
              ? 'The server cannot be reached'
              : error.message;
}

function schedule() {
    clearTimeout(link.timer);
    if (link.paused || !link.asked || document.hidden) return;
    const wait = Math.min(60, link.every * 2 ** Math.min(link.errors, 6)) * 1000;
    link.next = Date.now() + Math.max(wait, link.every * 1000);
    link.timer = setTimeout(poll, link.next - Date.now());
}

function refused() {
    const tried = link.token !== '';
    Object.assign(link, { token: '', url: null, asked: false, errors: 0, failure: '' });
    forget();
    askToken(tried ? 'That token was not accepted.' : '');
}
