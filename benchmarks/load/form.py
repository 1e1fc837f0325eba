"""A form of the web client: it asks the server after every change, saves, presses buttons."""

from __future__ import annotations

import itertools

from .browser import read_spec

VIRTUAL = itertools.count(1)  # names of lines that are not saved yet


class Form:
    """A record somebody has on the screen, new or saved.

    What was typed is what is saved; what the server made of it travels along with every question.
    """

    def __init__(self, browser, model, record_id=None, view=None, context=None):
        self.browser, self.model, self.id = browser, model, record_id
        self.context = context or {}
        self.arch, self.fields = browser.load_views(model, "form", view)
        self.spec = {**read_spec(self.arch, model, self.fields), "display_name": {}}
        self.typed, self.known = {}, {}
        if record_id:
            self.read()
        else:
            self._ask([], self.spec)

    def read(self):
        """Get the record, as when it is opened or after a button."""
        records = self.browser.rpc(
            self.model, "web_read", [self.id], specification=self.spec, context=self.context
        )
        self.shown, self.typed, self.known = records[0], {}, {}

    def __getitem__(self, name):
        """Return what the field shows: a value, an id, or the rows of lines."""
        if name in self.known:
            return self.known[name]
        return as_sent(self.shown[name]) if self.id else False

    def set(self, **values):
        """Type values, one field after the other."""
        for name, value in values.items():
            self.typed[name] = self.known[name] = value
            self._ask([name], self.spec)
        return self

    def add_line(self, name, **values):
        """Add a line and fill it in, as in a list that is edited in place."""
        about = self.fields[self.model][name]
        relation, spec = about["relation"], self.spec[name].get("fields", {})
        parent = {about.get("relation_field") or "": {**self.known, "id": self.id or False}}
        line = self._line(relation, spec, {}, [], parent)
        typed = {}
        for field, value in values.items():
            typed[field] = line[field] = value
            line.update(self._line(relation, spec, line, [field], parent))
        command = [0, f"virtual_{next(VIRTUAL)}", typed]
        self.typed.setdefault(name, []).append(command)
        self.known[name] = self.typed[name]
        self._ask([name], self.spec)
        return self

    def change_line(self, name, line_id, **values):
        """Change a line that is saved."""
        self.typed.setdefault(name, []).append([1, line_id, values])
        self.known[name] = self.typed[name]
        self._ask([name], self.spec)
        return self

    def save(self):
        """Save what was typed, and show what the server made of it."""
        records = self.browser.rpc(
            self.model,
            "web_save",
            [self.id] if self.id else [],
            self.typed,
            specification=self.spec,
            context=self.context,
        )
        self.shown, self.typed, self.known = records[0], {}, {}
        self.id = records[0]["id"]
        return self

    def press(self, button, **context):
        """Save what is not saved, press a button, show the record again; return the action."""
        if self.typed or not self.id:
            self.save()
        context = {**self.context, **context}
        action = self.browser.press(self.model, [self.id], button, context)
        if not action or action["type"] == "ir.actions.client":  # the record stays on the screen
            self.read()
        return action

    def dialog(self, action):
        """Open the dialog a button led to."""
        view = next(view for view, kind in action["views"] if kind == "form")
        context = action.get("context") or {}
        return Form(self.browser, action["res_model"], action.get("res_id"), view, context)

    def _ask(self, names, spec):
        """Let the server follow a change: what it answers is known from now on."""
        values = dict(self.known)
        if self.id:
            values = {name: value for name, value in values.items() if name in self.typed}
        reply = self.browser.rpc(
            self.model,
            "onchange",
            [self.id] if self.id else [],
            values,
            names,
            spec,
            context=self.context,
        )
        for name, value in (reply.get("value") or {}).items():
            if self.fields[self.model].get(name, {}).get("type") not in ("one2many", "many2many"):
                self.known[name] = as_sent(value)
            elif not names and value:
                self.known[name] = as_sent(value)

    def _line(self, model, spec, values, names, parent):
        """Return the values of a new line after the server followed a change in it."""
        args = ([], {**parent, **values} if names else dict(parent), names, spec)
        reply = self.browser.rpc(model, "onchange", *args, context=self.context)
        found = {name: as_sent(value) for name, value in (reply.get("value") or {}).items()}
        return {**values, **found}


def as_sent(value):
    """Return a value as the web client sends it back: ids for records, commands as they are.

    >>> as_sent({"id": 3, "display_name": "Three"}), as_sent([[0, "virtual_1", {"x": {"id": 4}}]])
    (3, [[0, 'virtual_1', {'x': 4}]])
    """
    if isinstance(value, dict) and "id" in value:
        return value["id"]
    if isinstance(value, list) and value and isinstance(value[0], list):
        return [
            [*command[:2], {name: as_sent(one) for name, one in command[2].items()}]
            if len(command) > 2 and isinstance(command[2], dict)
            else command
            for command in value
        ]
    return value
