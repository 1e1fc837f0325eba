# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import UserError


class AftersalesAppendOnly(models.AbstractModel):
    """Rows that are written once and kept for ever, by everybody, the superuser included.

    A correction is a new row. ``_fill_once`` names the fields that may go once from empty to a
    value (design §2), such as the journal entry a ledger row is posted with.
    """

    _name = "aftersales.append.only"
    _description = "Append-only rows"
    _inherit = "aftersales.defaults"
    _fill_once = ()

    def write(self, vals):
        """Refuse every change except filling a field of ``_fill_once`` that is still empty."""
        for name in vals:
            if name not in self._fill_once or any(record[name] for record in self):
                # the name of the model, for whoever is refused
                raise UserError(
                    self.env._(
                        "%(kind)s rows are never changed: record a correction as a new row.",
                        kind=self.env["ir.model"].sudo()._get(self._name).name,
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        # the name of the model, for whoever is refused
        raise UserError(
            self.env._(
                "%(kind)s rows are never deleted: record a correction as a new row.",
                kind=self.env["ir.model"].sudo()._get(self._name).name,
            )
        )
