/*
 * dom.js - what all pages do with their elements: find, make, fill and copy them, and paint them light or dark.
 */
const $ = (id) => document.getElementById(id);
const quote = (text) => '"' + text.replace(/[\\"]/g, '\\$&') + '"';

function h(tag, attributes, ...kids) {
    const element = document.createElement(tag);
    for (const name in attributes)
        if (name in element) element[name] = attributes[name];
        else element.setAttribute(name, attributes[name]);
    element.append(...kids);
    return element;
}

/* Change nothing that is so already: a change costs a layout, and loses a selection. */
function say(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

/* Say something that is not worth reading for long. */
function mention(element, text) {
    say(element, text);
    setTimeout(() => say(element, ''), 4000);
}

/*
 * Copy a text, and say how it went for a while. Without a secure context, or leave, there is no clipboard: then the
 * text is selected in `element`, which `reveal` makes show it, and can be copied by hand at least.
 */
async function copyText(text, element, done, reveal) {
    let copied = false;
    try {
        await navigator.clipboard.writeText(text);
        copied = true;
    } catch {
        if (reveal) reveal();
        getSelection().selectAllChildren(element);
        copied = document.execCommand('copy');
    }
    mention(done, copied ? 'Copied.' : 'Selected: press Ctrl+C.');
}

/* The button `theme` changes the colours until the page is loaded again; before that they are the system's. */
const look = { chosen: '', dark: matchMedia('(prefers-color-scheme: dark)') };

function paintTheme() {
    const dark = look.chosen ? look.chosen === 'dark' : look.dark.matches;
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    say($('theme'), dark ? 'Light' : 'Dark');
    $('theme').ariaLabel = `Switch to ${dark ? 'light' : 'dark'} colours`;
}

function onTheme(painted) {
    const change = () => {
        paintTheme();
        painted();
    };
    $('theme').addEventListener('click', () => {
        look.chosen = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
        change();
    });
    look.dark.addEventListener('change', change);
    change();
}
