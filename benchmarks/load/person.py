"""Somebody with a login, who does one thing after the other and thinks in between."""

from __future__ import annotations

import json
import os
import random

import gevent
import websocket
from locust import HttpUser, events

from . import crew
from .browser import Broken, Browser, Refused, read_spec
from .form import Form

PAUSE = tuple(map(float, os.environ.get("LOAD_PAUSE", "1.5 4.5").split()))  # seconds, from and to
FIRST = 6  # rows of a list, where what is on top matters
LONGER = 2  # times as long between two matters as between two clicks

NOTHING = "nothing to do"
HIRED = dict.fromkeys((role.name for role in crew.CREW), 0)
REFUSALS = []  # (model.method, message) of everybody


class Person(HttpUser):
    """One of the crew; its subclasses' tasks are what such people do."""

    abstract = True
    bus = None  # address of the gevent process, None on the portal
    online = False

    def wait_time(self):
        """Return the seconds until the next matter."""
        return LONGER * self.chance.uniform(*PAUSE)

    def on_start(self):
        """Come in: open the browser, log in, listen to the bus."""
        role = type(self).__name__
        HIRED[role] += 1
        self.login = crew.login(role, HIRED[role])
        self.chance = random.Random(self.login)
        self.browser = Browser(self.client)
        self.browser.refusals = REFUSALS
        gevent.sleep(self.chance.uniform(0, PAUSE[1]))
        self.first_page = self.browser.log_in(self.login, crew.PASSWORD)
        if not self.online:
            self._listen(self.browser.start_web_client()["websocket_worker_version"])

    def _listen(self, version):
        """Hold a websocket open, as every window of the web client does."""
        cookie = f"session_id={self.client.cookies['session_id']}"
        address = f"{os.environ['LOAD_BUS']}/websocket?version={version}"
        self.socket = websocket.create_connection(
            address, cookie=cookie, origin=self.host, timeout=3600
        )
        ask = {"event_name": "subscribe", "data": {"channels": [], "last": 0}}
        self.socket.send(json.dumps(ask))
        gevent.spawn(self._hear)

    def _hear(self):
        """Count what the bus tells, until the server closes."""
        try:
            while message := self.socket.recv():
                for told in json.loads(message):
                    count("bus", told["message"]["type"])
        except (OSError, ValueError, websocket.WebSocketException):
            pass  # the end of the run; a process that died is seen by its number

    def think(self):
        """Read what is on the screen."""
        gevent.sleep(self.chance.uniform(*PAUSE))

    def form(self, model, record_id=None, **options):
        """Open a form."""
        return Form(self.browser, model, record_id, **options)

    def rpc(self, *args, **kwargs):
        """Call a method."""
        return self.browser.rpc(*args, **kwargs)

    def pick(self, model, domain=(), action=None, order=""):
        """Open a list and return the id of one of its rows, None where it is empty.

        :param order: in which they come; one of the first is taken then
        """
        rows = self.browser.open_list(model, domain, action, order=order)
        rows = rows[:FIRST] if order else rows
        self.think()
        return self.chance.choice(rows)["id"] if rows else None

    def find(self, model, domain=(), text=""):
        """Type into a field that looks for records; return the id of one that is offered."""
        found = self.rpc(model, "web_name_search", text, {"display_name": {}}, domain=list(domain))
        if not found:
            raise LookupError(f"{model} has no {text!r} with {domain}")
        return self.chance.choice(found)["id"]

    def look_at_overview(self):
        """Open the overview, then the list behind one of its numbers."""
        self.browser.call("/web/action/load", action_id="aftersales_plans.aftersales_tile_action")
        arch, fields = self.browser.load_views("aftersales.tile", "kanban")
        tiles = self.rpc(
            "aftersales.tile",
            "web_search_read",
            specification={**read_spec(arch, "aftersales.tile", fields), "count": {}},
            domain=[["is_shown", "=", True]],
        )["records"]
        self.think()
        tiles = [tile for tile in tiles if tile.get("count")]
        if not tiles:
            return NOTHING
        tile = self.chance.choice(tiles)
        action = self.browser.press("aftersales.tile", [tile["id"]], "action_open")
        self.browser.open_list(action["res_model"], action["domain"], context=action.get("context"))
        return None


def count(kind, name):
    """Count something that took no time."""
    events.request.fire(
        request_type=kind, name=name, response_time=0, response_length=0, exception=None, context={}
    )


def journey(task):
    """Count how a matter ended: done, nothing to do, or refused; what failed is counted already.

    A task that finds nothing to do returns `NOTHING`.
    """

    def walk(person):
        try:
            kind = "idle" if task(person) is NOTHING else "journey"
        except Refused:
            kind = "refused"
        except Broken:
            return
        count(kind, f"{type(person).__name__}: {task.__name__}")

    walk.__name__, walk.__doc__ = task.__name__, task.__doc__
    return walk
