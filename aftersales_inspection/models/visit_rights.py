# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models
from odoo.exceptions import AccessError

OFFICE = ("fieldservice.group_fsm_dispatcher", "aftersales_plans.group_agent")


class AftersalesVisitRights(models.AbstractModel):
    """Facts that say who sees which visits: the office alone changes them.

    A technician sees contracts, goods and claims of the visits assigned to him. Field Service lets
    every worker write every worker, place and kind of order, and so choose what is his.
    """

    _name = "aftersales.visit.rights"
    _description = "Facts that rights to visits rest on"
    _of_office = frozenset()

    def write(self, vals):
        """Refuse what the office alone may change.

        :raises AccessError: the user is neither dispatcher nor service agent
        """
        self._check_office(vals)
        return super().write(vals)

    def _check_office(self, vals):
        """Raise where ``vals`` change a fact of these records that is the office's."""
        if self.env.su or self._of_office.isdisjoint(vals):
            return
        if not any(map(self.env.user.has_group, OFFICE)):
            raise AccessError(
                self.env._(
                    "%(kind)s: only dispatchers and the service desk change this. Ask one of them.",
                    kind=self.env["ir.model"].sudo()._get(self._name).name,  # only its name
                )
            )


class FsmPerson(models.Model):
    """Who a worker is decides whose visits are read, where the van is what stock is used."""

    _name = "fsm.person"
    _inherit = ["fsm.person", "aftersales.visit.rights"]
    _of_office = frozenset({"partner_id", "van_location_id", "visits_per_day"})


class FsmLocation(models.Model):
    """Whose place it is decides which goods are read, and to whom reports are mailed."""

    _name = "fsm.location"
    _inherit = ["fsm.location", "aftersales.visit.rights"]
    _of_office = frozenset({"partner_id", "owner_id"})


class FsmOrderType(models.Model):
    """What kind of visit a type stands for decides whether everybody reads it."""

    _name = "fsm.order.type"
    _inherit = ["fsm.order.type", "aftersales.visit.rights"]
    _of_office = frozenset({"aftersales_kind"})


class FsmOrder(models.Model):
    """Where a visit is made, and what becomes a visit, is for the office to say."""

    _name = "fsm.order"
    _inherit = ["fsm.order", "aftersales.visit.rights"]
    _of_office = frozenset({"type", "location_id"})

    def _check_office(self, vals):
        """Leave Field Service's own orders to its workers, while they stay that."""
        becomes = self.env["fsm.order.type"].browse(vals.get("type"))
        if self._visits() or becomes.aftersales_kind not in (False, "repair"):
            return super()._check_office(vals)
        return None
