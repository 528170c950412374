"""The demo's page in a real browser: what it shows is what nginx told it."""

import json
import re
from contextlib import contextmanager

from t.harness.case import LiveCase
from t.harness.namespace import sysctl
from t.harness.nginx import ROOT, wait_for

from . import browser
from .demo import IPV6_URL, URLS, Demo

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"

#: Fields of the drawing, and where the JSON has their values.
DRAWN = {
    "Time to live": "ttl", "Identification": "ip_id", "Total length": "ip_len",
    "Source address": "src_addr", "Destination address": "dst_addr", "Source port": "src_port",
    "Destination port": "dst_port", "Sequence number": "seq", "Window": "window",
    "Maximum segment size": "mss", "Window scale": "wscale",
}

#: How a page writes a number of this unit, said another way than there.
UNITS = {
    "us": """(us) => {
        const unit = 10 ** Math.max(0, String(us).length - 3);
        return `${(Math.round(us / unit) * unit / 1000).toLocaleString('en')} ms`;
    }""",
    "date": """(seconds) => new Intl.DateTimeFormat('en-US', {
        year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit',
        second: '2-digit', timeZoneName: 'short' }).format(new Date(seconds * 1e3))""",
    "minutes": "(minutes) => UNITS.minutes(minutes)",
}


class Page(LiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.playwright = browser.playwright(cls)
        cls.browser = browser.launch(cls.playwright)
        cls.addClassCleanup(cls.browser.close)

    def demo(self, http="", files=()):
        """The demo's nginx; `http` goes into its http block. Beside its configuration are empty
        files."""
        demo = Demo(http=http)
        for file in files:
            (demo.prefix / file).touch()
        return self.started(demo)

    @contextmanager
    def page(self, url=URLS["http/1.1"], browser=None, **options):
        """The page, opened in a browser that has nothing to complain of."""
        context = (browser or self.browser).new_context(ignore_https_errors=True, **options)
        page = context.new_page()
        complaints = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        try:
            page.goto(url, wait_until="load")
            yield page
            self.assertEqual(complaints, [])
        finally:
            context.close()

    def assertShows(self, page, values):
        """The page shows these values, and nothing in the place of what is absent."""
        shown = {
            place.get_attribute("data-field"): (place.get_attribute("data-unit"), place.text_content())
            for place in page.locator("[data-field]").all()
        }
        self.assertGreater(len(shown), 30)
        # A script writes times as people do.
        written = page.locator("#actions").is_visible()
        for name, (unit, text) in shown.items():
            value = values.get(name, "absent")
            if written and unit and name in values:
                value = page.evaluate(UNITS[unit], value)
            self.assertEqual(text, str(value), name)

    def verdict(self, page):
        """The first words of the verdict that is to be seen."""
        (verdict,) = page.locator(".verdict:visible").all()
        return verdict.locator("strong").text_content()


class Values(Page):
    def test_over_every_protocol(self):
        nginx = self.demo()
        for protocol, url in [*URLS.items(), ("http/1.1", IPV6_URL)]:
            with self.subTest(url), self.page(url) as page:
                used = "performance.getEntriesByType('navigation')[0].nextHopProtocol"
                self.assertEqual(page.evaluate(used), protocol)
                (_, told) = wait_for(lambda: nginx.told("/index.html"), "the log")[-1]
                values = json.loads(page.locator("#json").text_content())
                self.assertEqual(values, json.loads(told))
                self.assertShows(page, values)
                self.assertEqual("tls_rtt" in values, url.startswith("https"))
                self.check_drawing(page, values)

    def test_https_without_http2(self):
        old = browser.launch(self.playwright, "--disable-http2")
        self.addCleanup(old.close)
        nginx = self.demo()
        with self.page(URLS["h2"], old) as page:
            self.assertShows(page, json.loads(page.locator("#json").text_content()))
            self.assertEqual(nginx.told("/index.html")[-1][0], "HTTP/1.1")

    def check_drawing(self, page, values):
        """The buttons are the SYN, byte for byte, and name what they are."""
        buttons = page.locator("#bytes button")
        drawn = "".join(button.locator("code").text_content() for button in buttons.all())
        self.assertEqual(drawn.replace(" ", ""), values["syn"])
        for name, key in DRAWN.items():
            if values["ip_version"] == 6:
                if key in ("ip_id", "ip_len", "src_addr", "dst_addr"):
                    continue
                name = name.replace("Time to live", "Hop limit")
            button = buttons.filter(has=page.get_by_text(name, exact=True))
            button.click()
            self.assertEqual(button.get_attribute("aria-pressed"), "true")
            named = page.locator("#named").text_content()
            self.assertRegex(named, rf"^{name} \(.*\): {re.escape(str(values[key]))}( –|\.$)")
        self.assertEqual(page.locator("#bytes [aria-pressed=true]").count(), 1)
        options = page.locator("#options li").all()
        self.assertEqual(len(options), len(values["options"].split(",")))
        self.assertIn(f"Maximum segment size {values['mss']}", options[0].text_content())

    def test_without_script(self):
        self.demo()
        for url in URLS.values():
            with self.subTest(url), self.page(url, java_script_enabled=False) as page:
                values = json.loads(page.locator("#json").text_content())
                self.assertEqual(values["syn_status"], "saved")
                self.assertShows(page, values)
                self.assertTrue(page.locator("#hex").is_visible())
                # What would do nothing is not there.
                self.assertEqual(page.locator("button:visible").count(), 0)

    def test_the_record(self):
        nginx = self.demo()
        counts = []
        for script in True, False:
            with self.page(java_script_enabled=script) as page:
                values = json.loads(page.locator("#json").text_content())
                record = page.get_by_role("region", name="The record of your address")
                self.assertTrue(record.get_by_text("First seen").is_visible())
                self.assertShows(page, values)
                counts.append(values["host_conn_count"])
        self.assertGreater(counts[1], counts[0])

        configuration = nginx.prefix / "nginx.conf"
        without = configuration.read_text().replace("tcpfp_zone clients:64m inactive=2h;", "")
        configuration.write_text(without)
        nginx.reload()
        with self.page() as page:
            self.assertNotIn("host_conn_count", page.locator("#json").text_content())
            self.assertEqual(page.get_by_text("First seen").count(), 0)
            self.assertTrue(page.get_by_text("This server keeps none.").is_visible())

    def test_verdicts(self):
        self.demo()
        for agent, platform, words in (
            (WINDOWS, '"Windows"', "No."), (LINUX, '"Linux"', "Yes."), (LINUX, '"macOS"', "No."),
            ("curl/8.5.0", '"Unknown"', "It cannot be told."),
        ):
            headers = {"User-Agent": agent, "Sec-CH-UA-Platform": platform}
            for script in True, False:
                options = {"extra_http_headers": headers, "java_script_enabled": script}
                with self.subTest(headers, script=script), self.page(**options) as page:
                    self.assertEqual(self.verdict(page), words)

    def test_what_a_client_writes_is_no_markup(self):
        self.demo()
        agent = "<b id=forged>\"&amp;' --><script>alert(1)</script>"
        for script in True, False:
            with self.page(user_agent=agent, java_script_enabled=script) as page:
                self.assertEqual(page.locator("#forged").count(), 0)
                self.assertTrue(page.get_by_text(agent, exact=True).is_visible())


class Unknown(Page):
    """Of whom little is known."""

    def test_a_stack_that_no_signature_fits(self):
        for name in ("sack", "timestamps", "window_scaling"):
            old = sysctl(f"net.ipv4.tcp_{name}", 0)
            self.addCleanup(sysctl, f"net.ipv4.tcp_{name}", old)
        self.demo("tcpfp_database own.fp;", ["own.fp"])
        with self.page() as page:
            values = json.loads(page.locator("#json").text_content())
            self.assertNotIn("os", values)
            self.assertEqual(values["options"], "2")
            self.assertShows(page, values)
            self.assertEqual(page.locator("#options li").count(), 1)

    def test_no_syn(self):
        for setting, status in ("off", "off"), ("info", "off"):
            nginx = self.demo(f"tcpfp {setting};")
            with self.subTest(setting), self.page() as page:
                values = json.loads(page.locator("#json").text_content())
                self.assertEqual(values["syn_status"], status)
                self.assertShows(page, values)
                self.assertEqual(self.verdict(page), "It cannot be told.")
                self.assertEqual(page.locator("#bytes button").count(), 0)
            nginx.stop()

    def test_any_syn_can_be_drawn(self):
        self.demo()
        with self.page() as page:
            for file in sorted((ROOT / "fuzz/corpus/syn").iterdir()):
                syn = file.read_bytes()[:200]
                for end in {len(syn), len(syn) // 2, 41, 21, 1, 0}:
                    with self.subTest(file.name, end=end):
                        drawn = page.evaluate(
                            "(hex) => { drawSyn(hex); return fieldsOf(bytesOf(hex)); }",
                            syn[:end].hex())
                        drawn = bytes(byte for field in drawn for byte in field["bytes"])
                        self.assertTrue(syn.startswith(drawn))
                        self.assertGreaterEqual(len(drawn), min(end, 40))


class Use(Page):
    def test_ask_again(self):
        nginx = self.demo()
        with self.page(URLS["h2"]) as page:
            before = json.loads(page.locator("#json").text_content())
            # These come with the second request, if not with the first.
            self.assertGreater(before.pop("h2_rtt", 1), 0)
            before.pop("proxy", None)
            chosen = page.locator("#bytes [aria-pressed=true]")
            page.locator("#bytes button").last.click()
            page.get_by_role("button", name="Ask again").click()
            page.get_by_text("The same connection.").wait_for()
            self.assertIn("Window scale", chosen.text_content())
            again = json.loads(page.locator("#json").text_content())
            self.assertEqual(again | before, again)
            self.assertLessEqual(set(again) - set(before), {"h2_rtt", "proxy"})
            # A new worker, a new connection.
            nginx.reload()
            page.wait_for_timeout(300)
            page.get_by_role("button", name="Ask again").click()
            page.get_by_text("Another connection, another SYN.").wait_for()
            after = json.loads(page.locator("#json").text_content())
            self.assertNotEqual(after["src_port"], before["src_port"])
            self.assertEqual(chosen.count(), 0)
            self.assertIn("Choose a field", page.locator("#named").text_content())
            self.assertEqual(after, json.loads(nginx.told("/json")[-1][1]))
            self.assertShows(page, after)

    def test_no_answer(self):
        self.demo()
        context = self.browser.new_context()
        self.addCleanup(context.close)
        page = context.new_page()
        page.goto(URLS["http/1.1"])
        before = page.locator("#json").text_content()
        for fail in (lambda route: route.abort(), lambda route: route.fulfill(status=500),
                     lambda route: route.fulfill(body="<html>")):
            page.route("**/json", fail)
            page.get_by_role("button", name="Ask again").click()
            page.get_by_text("What is here is from before.").wait_for()
            self.assertEqual(page.locator("#json").text_content(), before)
            self.assertShows(page, json.loads(before))
            page.unroute("**/json")
            page.get_by_role("button", name="Ask again").click()
            page.locator("#said", has_text="onnection").wait_for()
            before = page.locator("#json").text_content()

    def test_copy(self):
        self.demo()
        with self.page(permissions=["clipboard-read", "clipboard-write"]) as page:
            page.get_by_role("button", name="Copy", exact=True).click()
            page.get_by_text("Copied.").wait_for()
            copied = page.evaluate("navigator.clipboard.readText()")
            self.assertEqual(copied, page.locator("#json").text_content())
            page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
            page.get_by_role("button", name="Copy", exact=True).click()
            page.get_by_text("Selected: copy it with Ctrl+C.").wait_for()
            self.assertEqual(page.evaluate("getSelection().toString()"), copied)

    def test_share(self):
        """The link shows to anybody what its maker saw."""
        self.demo()
        with self.page(permissions=["clipboard-read", "clipboard-write"]) as page:
            values = json.loads(page.locator("#json").text_content())
            page.get_by_role("button", name="Copy a link").click()
            page.get_by_text("Copied.").wait_for()
            link = page.evaluate("navigator.clipboard.readText()")
            page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
            page.get_by_role("button", name="Copy a link").click()
            page.get_by_text("The address bar has it").wait_for()
            self.assertEqual(page.url, link)
        with self.page(link, user_agent=WINDOWS) as page:
            page.get_by_text("Somebody shared this result").wait_for()
            self.assertShows(page, values)
            self.assertEqual(json.loads(page.locator("#json").text_content()), values)
            agent = page.get_by_text(WINDOWS, exact=True)
            self.assertFalse(agent.is_visible())
            page.get_by_role("button", name="Ask again").click()
            page.locator("#said", has_text="onnection").wait_for()
            own = json.loads(page.locator("#json").text_content())
            self.assertNotEqual(own["src_port"], values["src_port"])
            self.assertShows(page, own)
            self.assertTrue(agent.is_visible())
            self.assertEqual(page.get_by_text("Somebody shared").count(), 0)
            self.assertEqual(page.url, URLS["http/1.1"])

    def test_links_that_hold_no_result(self):
        self.demo()
        forged = {"syn_status": "saved", "os": "<b id=forged>", "ttl": "</dd><script>alert(1)</script>", "syn": "45zz"}
        bad = ["x", "null", "5", "[]", '{"syn":5}', '{"syn":"45"', '{"syn_status":"saved","syn":5}']
        with self.page() as page:
            own = json.loads(page.locator("#json").text_content())
            for text in bad:
                with self.subTest(text):
                    page.evaluate("(text) => { location.hash = toLink(text).split('#')[1]; }", text)
                    page.get_by_text("The link holds no result.").wait_for()
                    self.assertShows(page, own)
            page.evaluate("() => { location.hash = '%%%'; }")
            page.get_by_text("The link holds no result.").wait_for()
            page.evaluate(
                "(text) => { location.hash = toLink(text).split('#')[1]; }", json.dumps(forged))
            page.get_by_text("Somebody shared").wait_for()
            self.assertShows(page, forged)
            self.assertEqual(page.locator("#forged").count(), 0)

    def test_what_each_value_means(self):
        """Each name says so when it is chosen, with a script and without."""
        self.demo()
        for script in True, False:
            with self.page(java_script_enabled=script) as page:
                names = page.locator("dt")
                self.assertEqual(page.locator("dt > details").count(), names.count())
                for name in names.all():
                    summary = name.locator("summary")
                    label = summary.text_content()
                    self.assertEqual(name.inner_text(), label)
                    summary.click()
                    self.assertGreater(len(name.inner_text()), len(label) + 15)

    def test_times(self):
        """In the visitor's zone."""
        self.demo()
        with self.page(timezone_id="Asia/Kolkata") as page:
            values = json.loads(page.locator("#json").text_content())
            self.assertShows(page, values)
            seen = page.locator("[data-field=host_first_seen]").text_content()
            self.assertTrue(seen.endswith(" GMT+5:30"), seen)
            for minutes, text in ((0, "0 min"), (59, "59 min"), (60, "1 h 0 min"),
                                  (1440, "1 d 0 min"), (4567, "3 d 4 h 7 min")):
                self.assertEqual(page.evaluate("(value) => UNITS.minutes(value)", minutes), text)
            for us, text in ((7, "0.007 ms"), (345, "0.345 ms"), (31504, "31.5 ms"), (1234567, "1,230 ms")):
                self.assertEqual(page.evaluate("(value) => UNITS.us(value)", us), text)
            self.assertFalse(page.get_by_text("microseconds").is_visible())

    def test_keyboard(self):
        self.demo()
        with self.page() as page:
            focused = page.locator(":focus")
            page.keyboard.press("Tab")
            self.assertEqual(focused.text_content(), "The request names")
            page.keyboard.press("Enter")
            page.get_by_text("The system that your browser claims").wait_for()
            while "Version and header length" not in focused.text_content():
                page.keyboard.press("Tab")
            for key, name in (
                ("ArrowRight", "Type of service"), ("ArrowDown", "Total length"),
                ("ArrowLeft", "Type of service"), ("ArrowUp", "Version and header length"),
                ("ArrowLeft", "Version and header length"), ("End", "Window scale"),
                ("ArrowRight", "Window scale"), ("Home", "Version and header length"),
                ("ArrowRight", "Type of service"),
            ):
                page.keyboard.press(key)
                self.assertIn(name, focused.text_content(), key)
            for key in "Enter", "Space":
                page.locator("#bytes button").first.click()
                page.keyboard.press("ArrowRight")
                page.keyboard.press(key)
                self.assertIn("Type of service (IP, byte 1)", page.locator("#named").text_content())
            # One stop for all of the drawing, and then the rest.
            order = []
            while focused.evaluate("(here) => here.tagName") != "A":
                page.keyboard.press("Tab")
                order.append(focused.get_attribute("id") or focused.text_content())
            self.assertEqual(order[0], "Whether it was kept")
            self.assertEqual(order[-5:], ["copy", "share", "again", "json", "The same, alone"])
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Enter")
            page.locator("#said", has_text="onnection").wait_for()

    def test_names_and_contrast(self):
        self.demo()
        for scheme in "light", "dark":
            with self.subTest(scheme), self.page(color_scheme=scheme) as page:
                self.assertEqual(browser.accessibility_violations(page), [])
                page.locator("#bytes button").nth(3).click()
                self.assertEqual(browser.accessibility_violations(page), [])
                page.get_by_role("group", name="The fields of the SYN").wait_for()
                page.get_by_role("button", name="Time to live 40", exact=True).wait_for()
                page.get_by_role("region", name="The JSON").wait_for()
        with self.page(color_scheme="dark") as dark, self.page(color_scheme="light") as light:
            colour = "getComputedStyle(document.body).backgroundColor"
            self.assertNotEqual(dark.evaluate(colour), light.evaluate(colour))

    def test_small_screens(self):
        self.demo()
        for width in 320, 375, 768, 1280:
            for script in True, False:
                size = {"width": width, "height": 640}
                options = {"viewport": size, "java_script_enabled": script}
                with self.subTest(size, script=script), self.page(**options) as page:
                    wide = page.evaluate(
                        """() => [document.documentElement, ...document.querySelectorAll('body *')]
                            .filter((part) => part.getBoundingClientRect().right > innerWidth
                                || part.getBoundingClientRect().left < 0)
                            .map((part) => part.outerHTML)""")
                    self.assertEqual(wide, [])
