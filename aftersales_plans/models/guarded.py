# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import UserError


class AftersalesDefaults(models.AbstractModel):
    """What records of ours start with, whatever a client's context or user defaults say.

    Our hooks create records as superuser in everybody's clicks and say all they mean. Every
    colleague may keep user defaults, of any field of any model: there none of them counts.
    """

    _name = "aftersales.defaults"
    _description = "Own defaults"

    @api.model
    def _add_missing_default_values(self, values):
        """Let the model alone say what is not given: all of it as superuser, else what it owns."""
        complete = super()._add_missing_default_values(values)
        context = self.env.context
        named = {key[8:] for key in context if key.startswith("default_")}
        named |= self.env["ir.default"]._get_model_defaults(self._name).keys()
        for name in named & complete.keys() & self._own_defaults() - values.keys():
            del complete[name]
            field = self._fields[name]
            if field.default:
                start = field.convert_to_cache(field.default(self), self, validate=False)
                complete[name] = field.convert_to_write(start, self)
        return complete

    @api.model
    def _own_defaults(self):
        """Return the names of the fields whose start nobody else decides."""
        return self._fields.keys() if self.env.su else frozenset()


class AftersalesGuarded(models.AbstractModel):
    """Fields that only the model's own methods write: ``readonly`` stops screens, not clients.

    Each class of a model names its own in ``_guarded``; its methods write them as superuser after
    checking the caller's right.
    """

    _name = "aftersales.guarded"
    _description = "Guarded fields"
    _inherit = "aftersales.defaults"
    _guarded = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse guarded fields from clients; theirs start as the model says."""
        if not self.env.su:
            for vals in vals_list:
                self._refuse_guarded(vals)
        return super().create([{**vals, **self._number(vals)} for vals in vals_list])

    def copy_data(self, default=None):
        """Leave out what who copies may not write: the copy starts it as the model says."""
        vals_list = super().copy_data(default)
        if self.env.su:
            return vals_list
        left_out = self._guarded_fields() - (default or {}).keys()  # what is asked for is refused
        return [
            {name: value for name, value in vals.items() if name not in left_out}
            for vals in vals_list
        ]

    def _number(self, vals):
        """Return what a record created with ``vals`` gets that nobody states; empty here."""
        return {}

    @api.model
    def _own_defaults(self):
        """Add what nobody writes by hand."""
        return super()._own_defaults() | self._guarded_fields()

    def write(self, vals):
        """Refuse guarded fields from clients."""
        self._refuse_guarded(vals)
        return super().write(vals)

    def _guarded_fields(self):
        """Return the names nobody may write from outside; a model may ask who is writing."""
        return self._guarded_names()

    def _guarded_names(self):
        """Return what all classes of the model name in ``_guarded``, siblings' extensions too.

        And what is computed, stored and on no screen to be changed: rights and sums rest on it.
        """
        named = (vars(cls).get("_guarded", ()) for cls in type(self).__mro__)
        return frozenset(self._followed_names()).union(*named)

    def _followed_names(self):
        """Yield the stored fields that follow from others; of core's models core knows its own."""
        if self._name.startswith("aftersales."):
            for name, field in self._fields.items():
                if field.compute and field.store and field.readonly:
                    yield name

    def _refuse_guarded(self, vals):
        """Raise when ``vals`` touch a guarded field.

        :raises UserError: unless it comes from our own methods, which run as superuser
        """
        if self.env.su:
            return
        touched = self._guarded_fields() & vals.keys()
        if touched:
            self.check_access("write")  # who may not write at all is told that
            labels = [self._fields[name]._description_string(self.env) for name in sorted(touched)]
            raise UserError(
                self.env._(
                    "%(kind)s: %(fields)s cannot be changed by hand; use the buttons.",
                    kind=self.env["ir.model"].sudo()._get(self._name).name,
                    fields=labels,
                )
            )
