"""The settings page of the playarr exporter in a real browser, over the real exporter with both token files."""

import contextlib
import pathlib
import tempfile
import urllib.error
import urllib.request

from suite import BUILD, PICTURES, expect, quiet, serving, test
from webdriver import Browser

ADMIN = "the-admin-of-this-test"
FILE = "/etc/prometheus/playarr.token"


class Service:
    """A running exporter as its admin sees it."""

    def __init__(self, url, where):
        self.url = url
        self.page = url + "settings/metrics"
        self.where = where

    @property
    def token(self):
        return (self.where / "tokens" / "scrape").read_text().strip()

    def status(self, token, path="metrics", method="GET"):
        request = urllib.request.Request(self.url + path, None, {"Authorization": "Bearer " + token}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code


@contextlib.contextmanager
def service(*arguments):
    with tempfile.TemporaryDirectory() as name:
        where = pathlib.Path(name)
        (where / "tokens").mkdir()
        (where / "admin").write_text(ADMIN + "\n")
        (where / "admin").chmod(0o600)
        with serving(BUILD / "examples" / "playarr_exporter", "--demo", "--listen", "127.0.0.1:0", "--token-file",
                     where / "tokens" / "scrape", "--admin-token-file", where / "admin", *arguments, stream="stderr") as url:
            yield Service(url, where)


def visit(browser, to):
    """Open the page; what other pages logged is forgotten."""
    browser.log("browser")
    browser.requests()
    browser.open(to.page)
    browser.until("return document.readyState === 'complete'")


def enter(browser, to, admin=ADMIN):
    visit(browser, to)
    browser.type("#admin", admin)
    browser.press("Enter")
    browser.until("return !document.getElementById('main').hidden", what="the settings")


def text(browser, name):
    return browser.run("return document.getElementById(arguments[0]).textContent", name)


def await_text(browser, name, part):
    browser.until("return document.getElementById(arguments[0]).textContent.includes(arguments[1])", name, part)


def document(browser):
    return browser.run("return document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((i) => i.value)")


@test
def the_settings_show_nothing_before_the_admin_token(browser):
    with service() as to:
        visit(browser, to)
        expect(browser.run("return document.activeElement.id") == "admin", "the field for the token has not the focus")
        expect(browser.run("return document.getElementById('main').hidden"), "the settings are open")
        expect(to.token not in document(browser) and "scrape_configs" not in text(browser, "main"), "something is shown")
        expect(not [url for url in browser.requests() if "/api/" in url], "something was asked without a token")
        browser.picture(PICTURES / "settings-gate.png")
        for wrong in ("wrong", to.token, "mit Umlaut ü"):
            browser.type("#admin", wrong)
            browser.press("Enter")
            await_text(browser, "refused", "not accepted")
            expect(browser.run("return document.getElementById('main').hidden"), "the settings are open")
            expect(to.token not in document(browser), "the token is in the page")
            expect(browser.run("return document.activeElement.id") == "admin", "the field has lost the focus")
        browser.picture(PICTURES / "settings-wrong.png")
        quiet(browser, to.url, allowed=("401",))


@test
def the_token_is_hidden_until_it_is_asked_for(browser):
    with service() as to:
        enter(browser, to)
        expect(to.token not in document(browser), "the token is in the page although nobody asked for it")
        expect(ADMIN not in document(browser), "the admin token is in the page")
        browser.picture(PICTURES / "settings-light.png")
        browser.click("#show")
        expect(text(browser, "value") == to.token and text(browser, "show") == "Hide", text(browser, "value"))
        expect(f"'%s\\n' {to.token} |" in text(browser, "write") and FILE in text(browser, "write"), text(browser, "write"))
        browser.picture(PICTURES / "settings-shown.png")
        browser.click("#show")
        expect(to.token not in document(browser) and text(browser, "show") == "Show", "the token is still there")
        kept = browser.run("return JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage), document.cookie, location.href])")
        expect(kept == f'[[],[],"","{to.page}"]', kept)
        browser.click("#forget")
        expect(browser.run("return document.getElementById('main').hidden"), "the settings are still open")
        expect(FILE not in text(browser, "write"), "something outlives the admin token")
        quiet(browser, to.url)


@test
def copying_takes_what_is_hidden(browser):
    with service() as to:
        browser.cdp("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        enter(browser, to)
        for button, said, want in (("copy", "said", to.token), ("copy-write", "said-write", None), ("copy-scrape", "said-scrape", None)):
            browser.click("#" + button)
            await_text(browser, said, "Copied.")
            got = browser.run("return navigator.clipboard.readText()")
            expect(got == (want or got), f"{button}: {got}")
            expect((to.token in got) == (button != "copy-scrape"), f"{button}: {got}")
        expect(to.token not in document(browser), "copying has shown the token")
        quiet(browser, to.url)


@test
def without_a_clipboard_the_token_is_shown_and_selected(browser):
    with service() as to:
        browser.cdp("Page.addScriptToEvaluateOnNewDocument",
                    source="Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false;")
        enter(browser, to)
        browser.click("#copy")
        await_text(browser, "said", "Ctrl+C")
        expect(browser.run("return getSelection().toString()") == to.token, browser.run("return getSelection().toString()"))
        quiet(browser, to.url)


@test
def a_new_token_is_made_after_a_question(browser):
    with service() as to:
        old = to.token
        enter(browser, to)
        browser.click("#regenerate")
        browser.until("return document.getElementById('sure').open")
        expect("refused" in text(browser, "sure") and "credentials file" in text(browser, "sure"), text(browser, "sure"))
        expect(browser.run("return document.activeElement.id") == "cancel", "the careful answer has not the focus")
        browser.picture(PICTURES / "settings-sure.png")
        browser.click("#cancel")
        expect(not browser.run("return document.getElementById('sure').open") and to.token == old, "Cancel does not cancel")
        browser.click("#regenerate")
        browser.press("Escape")
        browser.until("return !document.getElementById('sure').open")
        expect(to.token == old and to.status(old) == 200, "Escape does not cancel")
        browser.click("#show")
        browser.click("#regenerate")
        browser.click("#confirm")
        await_text(browser, "notice", "new one")
        new = to.token
        expect(new != old and to.status(old) == 401 and to.status(new) == 200, "the old token is valid, or the new one is not")
        expect(old not in document(browser) and new not in document(browser), "a token is shown")
        browser.picture(PICTURES / "settings-new.png")
        browser.click("#show")
        expect(text(browser, "value") == new and new in text(browser, "write"), "the page is not in step")
        quiet(browser, to.url)


@test
def a_token_changed_elsewhere_is_noticed(browser):
    with service() as to:
        enter(browser, to)
        expect(to.status(ADMIN, "api/settings/metrics/regenerate", "POST") == 200, "no new token")
        browser.run("dispatchEvent(new Event('focus'))")
        await_text(browser, "notice", "has changed")
        browser.click("#show")
        expect(text(browser, "value") == to.token, "the page is not in step")
        (to.where / "admin").write_text("another-admin\n")
        browser.until("dispatchEvent(new Event('focus')); return !document.getElementById('gate').hidden")
        expect("any more" in text(browser, "refused") and to.token not in document(browser), "the page is still open")
        quiet(browser, to.url, allowed=("401",))


@test
def what_goes_wrong_is_said(browser):
    with service() as to:
        enter(browser, to)
        old = to.token
        (to.where / "tokens").rename(to.where / "away")
        browser.click("#regenerate")
        browser.click("#confirm")
        await_text(browser, "alert", "No new token was made")
        browser.picture(PICTURES / "settings-failed.png")
        expect(to.status(old) == 200, "the old token is refused")
        (to.where / "away").rename(to.where / "tokens")
        browser.run("dispatchEvent(new Event('focus'))")
        browser.until("return document.getElementById('alert').textContent === ''")
    browser.run("dispatchEvent(new Event('focus'))")
    await_text(browser, "alert", "cannot be reached")
    browser.picture(PICTURES / "settings-gone.png")
    browser.click("#forget")
    browser.type("#admin", ADMIN)
    browser.press("Enter")
    await_text(browser, "refused", "cannot be reached")


@test
def the_example_is_for_this_address(browser):
    with service("--path", "/m%20x/<b>") as to:
        to.url = to.url.removesuffix("m%20x/<b>")
        to.page = to.url + "settings/metrics"
        enter(browser, to)
        config = text(browser, "scrape")
        for part in ("job_name: playarr", "type: Bearer", f"credentials_file: {FILE}", f'targets: ["{to.url.split("/")[2]}"]'):
            expect(part in config, f"'{part}' is not in the example: {config}")
        expect("metrics_path: " in config and "m%20x" in config, config)
        quiet(browser, to.url)


@test
def the_settings_can_be_used_without_a_mouse(browser):
    active = "return document.activeElement.id"
    with service() as to:
        enter(browser, to)
        expect(browser.run(active) == "show", browser.run(active))
        browser.press("Enter")
        expect(text(browser, "value") == to.token, "Enter does not show it")
        order = []
        for _ in range(6):
            browser.press("Tab")
            order.append(browser.run(active))
        expect(order == ["copy", "write", "copy-write", "scrape", "copy-scrape", "regenerate"], order)
        browser.press("Enter")
        browser.until("return document.getElementById('sure').open")
        old = to.token
        browser.press("Tab", "Enter")
        await_text(browser, "notice", "new one")
        expect(to.token != old, "no new token was made")
        expect(browser.run(active) == "notice", "the focus is not where the news is")
        for name in ("said", "notice"):
            expect(browser.run("return document.getElementById(arguments[0]).role", name) == "status", f"{name} is not told")


@test
def the_settings_fit_a_telephone_and_the_dark(_):
    with service() as to:
        for width, dark, name in ((390, False, "phone"), (360, True, "phone-dark"), (1280, True, "dark")):
            with Browser(width, 900, dark) as browser:
                enter(browser, to)
                browser.click("#show")
                wide = browser.run("return document.documentElement.scrollWidth")
                expect(wide <= width, f"the page is {wide} px wide, the window {width}")
                browser.picture(PICTURES / f"settings-{name}.png")
                browser.run("document.getElementById('regenerate').scrollIntoView()")
                browser.picture(PICTURES / f"settings-{name}-below.png")
                browser.click("#regenerate")
                browser.until("return document.getElementById('sure').open")
                browser.picture(PICTURES / f"settings-{name}-sure.png")
                quiet(browser, to.url)
