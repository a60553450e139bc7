"""What the tests of pages share: programs to look at, what to expect of a page, and the one loop.

A test takes a Browser. run.py imports the files that have some; their names can be given behind the directories.
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import threading
import traceback

from webdriver import Browser, missing

BUILD = pathlib.Path(sys.argv[2]).resolve()
PICTURES = BUILD
TESTS = []


def test(function):
    TESTS.append(function)
    return function


@contextlib.contextmanager
def serving(*command, stream, **environment):
    """Run a program and yield the address of its page, which is in the first line with one that it prints."""
    with subprocess.Popen(command, text=True, env=os.environ | environment, **{stream: subprocess.PIPE}) as program:
        pipe = getattr(program, stream)
        try:
            line = next(line for line in pipe if "http://" in line)
            threading.Thread(target=pipe.read, daemon=True).start()
            yield next(word for word in line.split() if word.startswith("http://")).removesuffix("metrics")
        finally:
            program.terminate()


def set_value(browser, name, text, event="input"):
    browser.run("const field = document.getElementById(arguments[0]); field.value = arguments[1];"
                "field.dispatchEvent(new Event(arguments[2], { bubbles: true }));", name, text, event)


def expect(truth, what):
    if not truth:
        raise AssertionError(what)


def quiet(browser, url, allowed=()):
    """No word in the console, no request to anybody else."""
    said = [entry["message"] for entry in browser.log("browser") if not any(part in entry["message"] for part in allowed)]
    expect(not said, f"the console says {said}")
    others = {to for to in browser.requests() if not to.startswith((url, "data:", "chrome:"))}
    expect(not others, f"the page asked {others}")


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
