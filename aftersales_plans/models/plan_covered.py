# SPDX-License-Identifier: LGPL-3.0-or-later
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ..calc.age import months_old
from ..calc.outlook import Covered


class CoveredNow(NamedTuple):
    """What the running contracts of one plan cover today."""

    contracts: dict  #: {contract id: list of :class:`~..calc.outlook.Covered`}

    @property
    def products(self):
        """Ids of the covered products."""
        return {one.product for goods in self.contracts.values() for one in goods}

    def mean_value(self, values):
        """Return the mean value of the goods of one contract; 0 where there is none.

        :param values: {product id: value of one unit}
        """
        if not self.contracts:
            return 0.0
        total = sum(
            one.quantity * values[one.product] for goods in self.contracts.values() for one in goods
        )
        return total / len(self.contracts)


class AftersalesPlan(models.Model):
    """What is under cover now, in one query for all plans (requirement 30)."""

    _inherit = "aftersales.plan"

    def _covered_now(self):
        """Return {plan id: :class:`CoveredNow`}: goods in use under running contracts."""
        covered = {plan_id: CoveredNow({}) for plan_id in self.ids}
        self.env["aftersales.contract"].flush_model(["asset_ids", "plan_id", "state"])
        self.env["aftersales.asset"].flush_model()
        today = {plan._origin.id: plan.company_id._aftersales_today() for plan in self}
        ages = {}
        for plan_id, contract_id, product_id, delivered, quantity in self.env.execute_query(
            SQL(
                """
                SELECT contract.plan_id, contract.id, asset.product_id, asset.date_delivered,
                       SUM(asset.quantity)::float
                  FROM aftersales_contract contract
                  JOIN aftersales_contract_asset_rel rel ON rel.contract_id = contract.id
                  JOIN aftersales_asset asset ON asset.id = rel.asset_id
                 WHERE contract.plan_id = ANY(%s) AND contract.state IN ('active', 'suspended')
                   AND asset.status = 'in_use'
                 GROUP BY 1, 2, 3, 4
                """,
                self.ids,
            )
        ):
            day = (delivered, today[plan_id])
            if day not in ages:
                ages[day] = months_old(*day) if delivered else None
            goods = covered[plan_id].contracts.setdefault(contract_id, [])
            goods.append(Covered(product_id, quantity, ages[day]))
        return covered
