from odoo import api, models
from odoo.exceptions import UserError


class AftersalesGuarded(models.AbstractModel):
    """Fields that only the model's own methods write: ``readonly`` stops screens, not clients.

    Each class of a model names its own in ``_guarded``; its methods write them as superuser after
    checking the caller's right.
    """

    _name = "aftersales.guarded"
    _description = "Guarded fields"
    _guarded = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse guarded fields from clients; theirs start as the model says."""
        if not self.env.su:
            for vals in vals_list:
                self._refuse_guarded(vals)
            vals_list = [{**self._start_values(), **vals} for vals in vals_list]
        return super().create([{**vals, **self._number(vals)} for vals in vals_list])

    def _number(self, vals):
        """Return what a record created with ``vals`` gets that nobody states; empty here."""
        return {}

    def _start_values(self):
        """Return what guarded fields start with.

        Given explicitly, so that no default of a client's context or of a user decides.
        """
        values = {}
        for name in self._guarded_names():
            default = self._fields[name].default
            values[name] = default(self) if default else False
        return values

    def write(self, vals):
        """Refuse guarded fields from clients."""
        self._refuse_guarded(vals)
        return super().write(vals)

    def _guarded_fields(self):
        """Return the names nobody may write from outside; a model may ask who is writing."""
        return self._guarded_names()

    def _guarded_names(self):
        """Return what all classes of the model name in ``_guarded``, siblings' extensions too."""
        return frozenset().union(*(vars(cls).get("_guarded", ()) for cls in type(self).__mro__))

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
