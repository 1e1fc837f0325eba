# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .linked_records import open_action


class AftersalesAsset(models.Model):
    """What happens to goods after their delivery: they are split, go out of use, come back."""

    _inherit = "aftersales.asset"

    def _split(self, quantity):
        """Split ``quantity`` off as a child asset, or return the asset itself if that is all.

        :raises UserError: more than there is.
        """
        self.ensure_one()
        order = self.uom_id.compare(quantity, self.quantity)
        if order > 0:
            raise UserError(
                self.env._(
                    "%(asset)s holds %(have)s %(unit)s only, not %(asked)s.",
                    asset=self.name,
                    have=self.quantity,
                    unit=self.uom_id.name,
                    asked=quantity,
                )
            )
        if order == 0:
            return self
        self.quantity -= quantity
        return self.copy(
            {
                "quantity": quantity,
                "origin_asset_id": self.id,
                "move_id": self.move_id.id,
                "warranty_end": self.warranty_end,
                "contract_ids": [Command.set(self.contract_ids.ids)],
                **{name: self[name] for name in ("status", "date_out")},
                **{name: self[name].id for name in ("return_move_id", "left_contract_id")},
            }
        )

    def _split_off(self, quantity):
        """Split ``quantity`` off these assets, the first ones first; less where there is less.

        :return: what was split off
        """
        taken = self.browse()
        for asset in self:
            part = min(quantity, asset.quantity)
            if asset.uom_id.compare(part, 0) > 0:
                taken |= asset._split(part)
                quantity -= part
        return taken

    def _take_out(self, status, day, reason=""):
        """Take the goods out of use, and with them out of the contracts that run.

        :param status: ``returned``, ``replaced`` or ``scrapped``
        :param day: since when
        :param reason: for the note in the chatter
        """
        hidden = self.sudo()  # callers check who may; the status is nobody's to write
        for asset in hidden:
            asset.write(
                {"status": status, "date_out": day, "left_contract_id": asset.contract_id.id}
            )
        labels = dict(self._fields["status"]._description_selection(self.env))
        note = self.env._(
            "%(status)s on %(day)s. %(reason)s",
            status=labels[status],
            day=format_date(self.env, day),
            reason=reason,
        )
        hidden._message_log_batch(bodies={asset.id: note.strip() for asset in hidden})
        hidden._leave_cover(day)

    def _leave_cover(self, day):
        """End the cover of these goods alone; a contract that covers nothing any more ends too."""
        contracts = self.contract_ids._live()
        contracts.write({"asset_ids": [Command.unlink(asset.id) for asset in self]})
        contracts.filtered(
            lambda contract: not contract.asset_ids and not contract._awaits_deliveries()
        )._on_last_asset_gone(day)

    def _take_contracts_along(self):
        """Let the contracts that cover these goods and nothing else follow to owner and site."""
        for contract in self.contract_ids._live():
            if not contract.asset_ids - self:
                contract._follow_goods()

    def _put_back(self, reason=""):
        """Bring goods that were out back into use, and under the contract they left if it runs."""
        for asset in self.sudo():  # as in _take_out
            left = asset.left_contract_id
            contracts = (left | left.renewal_ids)._live()  # what follows covers them again too
            asset.write(
                {
                    "status": "in_use",
                    "date_out": False,
                    "return_move_id": False,
                    "left_contract_id": False,
                    "contract_ids": [Command.link(contract.id) for contract in contracts],
                }
            )
            note = self.env._("Back in use. %s", reason)
            asset._message_log(body=note.strip())

    def action_scrap(self):
        """Ask when and why the goods were scrapped."""
        action = "aftersales_plans.aftersales_asset_scrap_action"
        return open_action(self.env, action, default_asset_ids=self.ids)

    def action_hand_over(self):
        """Ask who owns the goods from now on, or where they are."""
        action = "aftersales_plans.aftersales_asset_handover_action"
        return open_action(self.env, action, default_asset_ids=self.ids)

    def action_back_in_use(self):
        """Undo a scrapping or return that was a mistake; a plan manager's to do.

        :raises UserError: naming what was replaced: its claim decides
        """
        if not self.env.user.has_group("aftersales_plans.group_manager"):
            raise AccessError(self.env._("Ask a plan manager to bring goods back into use."))
        self.check_access("write")
        for asset in self:
            if asset.status not in ("returned", "scrapped"):
                raise UserError(
                    self.env._(
                        "%s was not returned or scrapped, so it cannot be brought back.", asset.name
                    )
                )
        self._put_back(self.env._("Corrected by %s", self.env.user.name))
