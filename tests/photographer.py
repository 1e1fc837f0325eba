"""A browser that goes to the page of a picture, looks whether it shows what it must, and takes it.

It drives the Chromium of Odoo's own browser tests, one for all pictures.
"""

import base64
import io
import json
import time
from concurrent.futures import Future

from PIL import Image

from odoo.tests.common import HOST, ChromeBrowser, ChromeBrowserException

PATIENCE = 20  # seconds, until something to be seen or clicked is there
LOADED = "[...document.images].every((image) => image.complete)"
STILL = 1  # second, until charts and what folds out have stopped moving

#: What a reader sees: words of an element however it writes them, and whether they are in a frame.
EYES = r"""
(() => {
    const plain = (text) => (text || "").replace(/\s+/g, " ").trim().toLowerCase();
    const frame = (crop) => {
        if (!crop) return {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
        return document.querySelector(crop)?.getBoundingClientRect();
    };
    const isWithin = (element, box) => {
        const own = element.getBoundingClientRect();
        return own.width > 0 && own.height > 0 && own.left < box.right && own.right > box.left
            && own.top < box.bottom && own.bottom > box.top;
    };
    const reads = (element, words) => plain(element.innerText).includes(words);
    const innermost = (element, words) => {
        const inner = [...element.children].filter((child) => reads(child, words));
        return inner.length ? inner.flatMap((child) => innermost(child, words)) : [element];
    };
    const found = (what) => {
        if (what.startsWith("css:")) return [...document.querySelectorAll(what.slice(4))];
        const words = plain(what);
        const fields = [...document.querySelectorAll("input, textarea")];
        const entered = fields.filter((field) => plain(field.value).includes(words));
        return entered.concat(reads(document.body, words) ? innermost(document.body, words) : []);
    };
    const missing = (shows, crop) => {
        const box = frame(crop);
        return shows.filter((what) => !box || !found(what).some((one) => isWithin(one, box)));
    };
    const click = (what) => {
        const choices = "button, a, [role=tab], [role=menuitem], label, .o_field_widget";
        const element = what.startsWith("css:")
            ? document.querySelector(what.slice(4))
            : [...document.querySelectorAll(choices)].find(
                (one) => plain(one.innerText) === plain(what) && one.getClientRects().length);
        element?.click();
        return Boolean(element);
    };
    return {missing, click, frame};
})()
"""


def _address(case, picture):
    """Return the address of a picture's page, with its record in place of {id}."""
    page = picture.page
    if picture.record:
        model, domain = picture.record
        record = case.env[model].search(domain, limit=1)
        case.assertTrue(record, f"{picture.name}: no {model} {domain}")
        page = page.format(id=record.id)
    return f"{case.base_url()}{page}"


def _log_in(case, login):
    """Return the id of a new session of a user, beside those of others."""
    case.session = None
    return case.authenticate(login, login).sid


class Photographer:
    """A browser for pictures, stopped at the end of a test.

    Who opens what is found out before: requests of the browser use the cursor of the test.
    """

    def __init__(self, case, pictures):
        self.addresses = {picture: _address(case, picture) for picture in pictures}
        self.sessions = {login: _log_in(case, login) for login in {one.login for one in pictures}}
        case.env.flush_all()
        self.browser = ChromeBrowser(case)
        case.enterContext(case.allow_requests(browser=self.browser))
        case.addCleanup(case._wait_remaining_requests)
        case.addCleanup(self.browser.stop)
        hidden = {"hidden": True}
        self.browser._websocket_request("Emulation.setScrollbarsHidden", params=hidden)

    def look(self, picture):
        """Open the page of a picture; return what is wrong with it in words, "" if nothing."""
        address = self.addresses[picture]
        self.browser._result = Future()  # of errors in the browser's console
        self._resize(*picture.size)
        self.browser.set_cookie("session_id", self.sessions[picture.login], "/", HOST)
        self.browser.navigate_to(address)
        if not self._wait(f"location.href.includes({address!r})"):
            return "the page does not open"
        for what in picture.clicks:
            if not self._wait(f"{EYES}.click({json.dumps(what)})"):
                return f"there is nothing to click: {what}"
        shows = json.dumps(picture.shows), json.dumps(picture.crop)
        if not self._wait(f"{EYES}.missing({shows[0]}, {shows[1]}).length === 0"):
            self.browser.take_screenshot().result(10)  # it holds on to the size of the window
            missing = self._evaluate(f"{EYES}.missing({shows[0]}, {shows[1]}).join('; ')")
            return f"not to be seen: {missing}"
        if self.browser._result.done():
            return f"the browser says: {self.browser._result.exception()}"
        return ""

    def take(self, picture, path):
        """Write the page that is open, or what is cropped of it, as a PNG file of few colours."""
        self._wait(LOADED)
        time.sleep(STILL)
        box = self._evaluate(f"JSON.stringify({EYES}.frame({json.dumps(picture.crop)}))")
        box = json.loads(box)
        clip = {
            "x": box["left"],
            "y": box["top"],
            "width": box["right"] - box["left"],
            "height": box["bottom"] - box["top"],
            "scale": 1,
        }
        answer = self.browser._websocket_request("Page.captureScreenshot", params={"clip": clip})
        image = Image.open(io.BytesIO(base64.b64decode(answer["data"]))).convert("RGB")
        image.quantize(256).save(path, optimize=True)

    def _resize(self, width, height):
        """Give the window a size; narrow ones are touched."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.browser._websocket_request("Emulation.setDeviceMetricsOverride", params=size)
        touch = {"enabled": width < 500}
        self.browser._websocket_request("Emulation.setTouchEmulationEnabled", params=touch)

    def _evaluate(self, expression):
        """Return the value of an expression of JavaScript; None while the page changes."""
        asked = {"expression": expression, "returnByValue": True}
        try:
            answer = self.browser._websocket_request("Runtime.evaluate", params=asked)
        except ChromeBrowserException:
            return None
        return answer["result"].get("value")

    def _wait(self, condition):
        """Tell whether a condition of JavaScript becomes true."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._evaluate(condition) is True:
                return True
            if self.browser._result.done():
                return False
            time.sleep(0.1)
        return False
