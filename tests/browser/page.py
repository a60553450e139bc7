#!/usr/bin/env python3
"""The page at / in a real browser, over a demo exporter and over a program with 5,000 series.

usage: page.py SOURCE_DIR BUILD_DIR

Leaves pictures in BUILD_DIR/*.png. Exit status 77: no browser.
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import traceback
import urllib.request

from webdriver import Browser, missing

BUILD = pathlib.Path(sys.argv[2]).resolve()
PICTURES = BUILD
TOKEN = "s3cret-token-of-the-test"
CARD = "[...document.querySelectorAll('.card:not([hidden])')].find((card) => card.ariaLabel.startsWith(arguments[0] + ','))"
CANVAS = f"return ({CARD})?.querySelector('canvas')?.toDataURL()"
TESTS = []


def test(function):
    TESTS.append(function)
    return function


@contextlib.contextmanager
def serving(*command, stream, **environment):
    """Run a program and yield the address of its page, which is in the first line that it prints."""
    with subprocess.Popen(command, text=True, env=os.environ | environment, **{stream: subprocess.PIPE}) as program:
        pipe = getattr(program, stream)
        try:
            line = pipe.readline()
            threading.Thread(target=pipe.read, daemon=True).start()
            yield next(word for word in line.split() if word.startswith("http://")).removesuffix("metrics")
        finally:
            program.terminate()


def demo():
    return serving(BUILD / "examples" / "qbsync_exporter", "--demo", "--listen", "127.0.0.1:0", stream="stderr")


def crowd(*arguments, **environment):
    return serving(BUILD / "tests" / "crowd", *arguments, stream="stdout", **environment)


def visit(browser, url, every="1"):
    """Open a page and read every second; what other pages logged is forgotten."""
    browser.log("browser")
    browser.requests()
    browser.open(url)
    set_value(browser, "every", every, "change")


def shown(browser):
    return browser.until("return document.querySelectorAll('.card:not(:empty)').length", what="families on the page")


def set_value(browser, name, text, event="input"):
    browser.run("const field = document.getElementById(arguments[0]); field.value = arguments[1];"
                "field.dispatchEvent(new Event(arguments[2], { bubbles: true }));", name, text, event)


def names(browser):
    return browser.run("return [...document.querySelectorAll('.card:not([hidden])')].map((card) => card.ariaLabel.split(',')[0])")


def readings(browser, count):
    """Wait for so many more answers."""
    browser.run("window.answers = 0; window.counts ||= new PerformanceObserver((list) => { for (const entry of list.getEntries()) "
                "answers += entry.name.endsWith('.json'); }); counts.observe({ type: 'resource' });")
    browser.until("return answers >= arguments[0]", count, what=f"{count} answers")


def expect(truth, what):
    if not truth:
        raise AssertionError(what)


def quiet(browser, url, allowed=()):
    """No word in the console, no request to anybody else."""
    said = [entry["message"] for entry in browser.log("browser") if not any(part in entry["message"] for part in allowed)]
    expect(not said, f"the console says {said}")
    others = {to for to in browser.requests() if not to.startswith((url, "data:", "chrome:"))}
    expect(not others, f"the page asked {others}")


@test
def the_demo_is_shown_without_an_error_or_a_request_elsewhere(browser):
    with demo() as url:
        visit(browser, url)
        shown(browser)
        expect(len(names(browser)) > 60, "few families")
        expect("qbsync" in browser.run("return document.getElementById('collectors').textContent"), "the collector is not shown")
        set_value(browser, "search", "qbsync_bytes_sent_total")
        browser.until(f"return ({CARD})?.querySelectorAll('.rows .row').length === 4", "qbsync_bytes_sent_total")
        text = browser.run(f"return ({CARD}).innerText", "qbsync_bytes_sent_total")
        for part in ("counter", "bytes", "label connection", "4 series", "Bytes sent from source", "MiB"):
            expect(part in text, f"'{part}' is not on the card: {text}")
        set_value(browser, "search", "")
        readings(browser, 8)
        browser.picture(PICTURES / "demo-light.png")
        browser.run("document.querySelector('details').open = true")
        config = browser.run("return document.querySelector('pre').textContent")
        expect('job_name: "qbsync"' in config and url.split("/")[2] in config and "authorization" not in config, config)
        browser.picture(PICTURES / "config-light.png")
        browser.run("document.querySelector('details').open = false;" + f"({CARD}).scrollIntoView()", "qbsync_qb_api_call_duration_seconds")
        readings(browser, 2)
        browser.picture(PICTURES / "histogram-light.png")
        browser.run("document.getElementById('theme').click()")
        readings(browser, 2)
        browser.picture(PICTURES / "histogram-dark.png")
        browser.run("scrollTo(0, 0)")
        readings(browser, 1)
        browser.picture(PICTURES / "demo-dark.png")
        quiet(browser, url)


@test
def the_search_and_the_label_filter_leave_what_fits(browser):
    with demo() as url:
        visit(browser, url)
        shown(browser)
        set_value(browser, "search", "qbsync BYTES sent")
        browser.until("return document.querySelectorAll('.card:not([hidden])').length < 5")
        expect(names(browser) == ["qbsync_bytes_sent_total"], names(browser))
        set_value(browser, "search", "no family has this")
        browser.until("return !document.getElementById('none').hidden")
        browser.picture(PICTURES / "nothing-found.png")
        browser.click("#none button")
        set_value(browser, "filter", 'connection="1"')
        browser.until(f"return ({CARD})?.querySelector('.meta')?.textContent.includes('1 of 4 series')", "qbsync_bytes_sent_total")
        expect("qbsync_pieces_acked_total" not in names(browser), "a family without the label is still there")
        set_value(browser, "filter", "mode=sour, operation=log")
        browser.until(f"return ({CARD})?.querySelectorAll('.rows .row').length === 1", "qbsync_qb_api_calls_total")
        quiet(browser, url)


@test
def a_chart_moves_between_two_readings_and_stands_when_paused(browser):
    with crowd() as url:
        visit(browser, url)
        browser.until(CANVAS, "crowd_requests_total")
        readings(browser, 3)
        before = browser.run(CANVAS, "crowd_requests_total")
        readings(browser, 2)
        browser.until(f"{CANVAS} !== arguments[1]", "crowd_requests_total", before, what="another picture")
        browser.press("p")
        browser.until("return document.querySelector('#state').textContent === 'Paused'")
        browser.run("return new Promise((done) => setTimeout(done, 1500))")
        still = browser.run(CANVAS, "crowd_requests_total")
        browser.run("return new Promise((done) => setTimeout(done, 1500))")
        expect(browser.run(CANVAS, "crowd_requests_total") == still, "it moved while paused")
        quiet(browser, url)


@test
def a_label_value_that_looks_like_markup_is_text(browser):
    with crowd() as url:
        visit(browser, url)
        shown(browser)
        cell = browser.until(f"return ({CARD})?.querySelector('.row span')?.textContent", "crowd_odd_labels_total")
        expect(cell == "<img src=x onerror=alert(1)>", cell)
        browser.run(f"({CARD}).querySelector('.rows .row').click()", "crowd_odd_labels_total")
        detail = browser.until(f"return ({CARD}).querySelector('.detail').textContent", "crowd_odd_labels_total")
        expect(detail == 'value="<img src=x onerror=alert(1)>"', detail)
        expect(browser.run("return document.images.length + document.querySelectorAll('b b, .help b').length") == 0, "an element was made")
        readings(browser, 3)
        browser.picture(PICTURES / "markup.png")
        quiet(browser, url)


@test
def nothing_is_shown_without_the_token(browser):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(TOKEN + "\n")
        file.flush()
        with crowd(file.name) as url:
            visit(browser, url, "5")
            browser.until("return !document.getElementById('gate').hidden")
            expect(browser.run("return document.activeElement.id") == "token", "the field for the token has not the focus")
            browser.picture(PICTURES / "token-light.png")
            page = browser.run("return document.documentElement.outerHTML")
            expect("crowd_" not in page.replace(url, ""), "a family is in the page")
            quiet(browser, url)
            browser.type("#token", "wrong")
            browser.press("Enter")
            browser.until("return document.getElementById('refused').textContent.includes('not accepted')")
            browser.picture(PICTURES / "token-wrong.png")
            expect("crowd_" not in browser.run("return document.documentElement.outerHTML"), "a family is in the page")
            browser.type("#token", TOKEN)
            browser.press("Enter")
            shown(browser)
            config = browser.run("return document.querySelector('pre').textContent")
            expect("credentials_file" in config and TOKEN not in config, config)
            kept = browser.run("return JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage), document.cookie, location.href])")
            expect(kept == f'[[],[],"","{url}"]', kept)
            quiet(browser, url, allowed=("401",))
            browser.click("#forget")
            browser.until("return !document.getElementById('gate').hidden")
            expect("crowd" not in browser.run("return document.body.innerHTML"), "what was read outlives the token")


@test
def a_late_answer_to_an_old_token_says_nothing_of_the_new_one(browser):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(f"{TOKEN}\n{TOKEN}2\n")
        file.flush()
        with crowd(file.name) as url:
            visit(browser, url, "1")
            browser.until("return !document.getElementById('gate').hidden")
            browser.type("#token", TOKEN)
            browser.press("Enter")
            shown(browser)
            browser.run("const ask = window.fetch; window.fetch = () => new Promise((answer) => { window.fetch = ask;"
                        "window.refuse = () => answer(new Response('', { status: 401 })); });")
            browser.until("return window.refuse !== undefined")
            browser.click("#forget")
            browser.type("#token", TOKEN + "2")
            browser.press("Enter")
            browser.run("refuse()")
            browser.until("return !document.getElementById('main').hidden || document.getElementById('refused').textContent")
            expect(browser.run("return document.getElementById('refused').textContent") == "", "the new token is refused")


@test
def a_failing_collector_is_seen_at_once(browser):
    with tempfile.TemporaryDirectory() as where, crowd(CROWD_FAIL=f"{where}/fail") as url:
        visit(browser, url)
        shown(browser)
        expect(browser.run("return document.getElementById('alert').textContent") == "", "an alert without a reason")
        pathlib.Path(where, "fail").touch()
        told = browser.until("return document.getElementById('alert').textContent")
        expect("orders" in told and "error" in told, told)
        browser.until(f"return ({CARD}).querySelector('.meta')?.textContent.includes('not in the last answer') || ({CARD}).childElementCount === 0",
                      "orders_open")
        readings(browser, 2)
        browser.picture(PICTURES / "failing-light.png")
        browser.click("#theme")
        readings(browser, 1)
        browser.picture(PICTURES / "failing-dark.png")
        os.remove(f"{where}/fail")
        browser.until("return document.getElementById('alert').textContent === ''")


@test
def a_server_that_is_gone_is_said_and_asked_again(browser):
    with crowd() as url:
        visit(browser, url)
        shown(browser)
    browser.until("return document.getElementById('state').textContent.includes('trying again')")
    browser.picture(PICTURES / "unreachable.png")
    expect(len(names(browser)) > 200, "what was read is gone")


@test
def five_thousand_series_do_not_make_it_stall(browser):
    with crowd() as url:
        with urllib.request.urlopen(url + "metrics.json") as answer:
            size = len(answer.read())
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", source="window.tasks = []; new PerformanceObserver((list) => "
                    "tasks.push(...list.getEntries().map((e) => e.duration))).observe({ type: 'longtask', buffered: true });"
                    "addEventListener('DOMContentLoaded', () => new MutationObserver(() => { window.first ||= document.querySelector("
                    "'.card canvas') && performance.now(); }).observe(document.body, { subtree: true, childList: true }));")
        visit(browser, url)
        first = browser.until("return window.first")
        readings(browser, 5)
        steady = browser.run("return tasks.splice(0)")
        browser.run("return new Promise((done) => { let y = 0; const step = () => { scrollTo(0, y += 400); y < document.body.scrollHeight && y < 40000 "
                    "? requestAnimationFrame(step) : done(); }; step(); })")
        scrolled = browser.run("return tasks.splice(0)")
        browser.run("scrollTo(0, 0)")
        browser.until(f"return ({CARD}).querySelector('canvas')", "crowd_requests_total")
        browser.run(f"[...({CARD}).querySelectorAll('button')].find((b) => b.textContent.startsWith('Show all')).click()", "crowd_requests_total")
        browser.run(f"const rows = ({CARD}).querySelector('.rows'); return new Promise((done) => {{ let n = 0; const step = () => {{ rows.scrollTop += 150;"
                    "++n < 100 ? requestAnimationFrame(step) : done(); }; step(); })", "crowd_requests_total")
        table = browser.run("return tasks.splice(0)")
        rows = browser.run(f"return ({CARD}).querySelectorAll('.rows .row').length", "crowd_requests_total")
        nodes = browser.run("return document.querySelectorAll('*').length")
        browser.picture(PICTURES / "many-series.png")
        worst = {name: round(max(of, default=0)) for name, of in (("reading", steady), ("scrolling", scrolled), ("in the table", table))}
        print(f"    {size >> 10} KiB an answer; first chart after {first:.0f} ms; longest task, ms: {worst}; {nodes} elements, {rows} rows")
        expect(first < 5000, f"the first chart came after {first} ms")
        expect(max(worst.values()) < 500, f"long tasks: {worst}")
        expect(rows < 40 and nodes < 4000, f"{rows} rows, {nodes} elements")
        quiet(browser, url)


@test
def the_keyboard_reaches_everything(browser):
    active = "return document.activeElement.ariaLabel?.split(',')[0] || document.activeElement.id"
    with crowd() as url:
        visit(browser, url)
        shown(browser)
        readings(browser, 3)
        browser.press("/")
        expect(browser.run(active) == "search", "the slash does not lead to the search")
        browser.press(*"crowd_re")
        browser.until("return document.querySelectorAll('.card:not([hidden])').length === 2")
        browser.press("ArrowDown")
        expect(browser.run(active) == "crowd_requests_total", browser.run(active))
        browser.press("ArrowLeft", "ArrowLeft")
        browser.until(f"return /^\\d\\d:\\d\\d:\\d\\d/.test(({CARD}).querySelector('figcaption').textContent)", "crowd_requests_total")
        browser.picture(PICTURES / "keyboard.png")
        browser.press("Enter")
        browser.until(f"return ({CARD}).querySelector('.rows').clientHeight > 200", "crowd_requests_total")
        browser.press("Tab", "ArrowDown", "ArrowDown", "Enter")
        browser.until(f"return ({CARD}).querySelector('.row[aria-selected=true]')", "crowd_requests_total")
        browser.press("Escape")
        expect(browser.run(active) == "crowd_requests_total", browser.run(active))
        browser.press("Enter", "ArrowDown")
        expect(browser.run(active) == "crowd_request_duration_seconds", browser.run(active))
        browser.press("ArrowUp", "ArrowUp")
        expect(browser.run(active) == "search", browser.run(active))
        browser.press("Escape")
        browser.until("return document.querySelectorAll('.card:not([hidden])').length > 200")


@test
def a_telephone_has_no_sideways_scroll(_):
    with crowd() as url, demo() as calm:
        for dark, name in ((False, "light"), (True, "dark")):
            with Browser(390, 844, dark) as phone:
                for address, what in ((url, "crowd"), (calm, "demo")):
                    visit(phone, address)
                    shown(phone)
                    readings(phone, 5)
                    phone.picture(PICTURES / f"phone-{what}-{name}.png")
                    phone.run(f"({CARD} || document.querySelectorAll('.card')[7]).scrollIntoView()", "crowd_request_duration_seconds")
                    readings(phone, 2)
                    phone.picture(PICTURES / f"phone-{what}-{name}-below.png")
                    wide = phone.run("return document.documentElement.scrollWidth")
                    expect(wide <= 390, f"the page is {wide} px wide")


def main():
    if why := missing():
        print(f"skipped: {why}")
        return 77
    passed = failed = 0
    only = sys.argv[3:]
    for function in TESTS:
        if only and function.__name__ not in only:
            continue
        try:
            with Browser() as browser:
                function(browser)
            passed += 1
            print(f"ok   {function.__name__}", flush=True)
        except Exception:  # whatever it is, the other tests go on
            failed += 1
            print(f"FAIL {function.__name__}\n{traceback.format_exc()}", flush=True)
    print(f"pictures: {PICTURES}/*.png")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
