"""A headless Chromium, driven by Playwright."""

import shutil

from t.harness.case import skip

#: A machine's own browser, without what it would ask the world for.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]


def playwright(case):
    """Playwright, for a test case's class, in whose network namespace its browsers will be."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        skip(f"no Playwright for the page's tests ({error})")
    if not shutil.which("chromium"):
        skip("no Chromium for the page's tests")
    started = sync_playwright().start()
    case.addClassCleanup(started.stop)
    return started


def launch(playwright, *arguments):
    """A browser."""
    program = shutil.which("chromium")
    return playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, *arguments])


def accessibility_violations(page):
    """What axe finds wrong with a page, as it looks now."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
