# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.tools import split_every

from .in_words import day_in_words
from .linked_records import open_composer

GOODS_PER_PAGE = 16  # also where every name takes two lines


class AftersalesContract(models.Model):
    """What the printed contract says (requirements 23, 84, 89), in the language of the record.

    Nothing is decided here: every sentence puts a frozen term into the customer's words.
    """

    _inherit = "aftersales.contract"
    _mail_post_access = "read"  # as with orders: who sells or serves writes to the customer

    def _get_report_base_filename(self):
        """Return the name of the printed file, without ending."""
        self.ensure_one()
        return self.env._("Service contract %s", self.name)

    def action_send(self):
        """Write to the customer, with the printed contract attached."""
        self.ensure_one()
        title = self.env._("Send %s", self.name)
        return open_composer(self, title, "aftersales_plans.mail_template_contract")

    def _printed_goods(self):
        """Return the covered goods, oldest first, in lots that fit on a page."""
        self.ensure_one()
        # sudo: serial numbers are the warehouse's to open, but the reader's to see on the contract
        goods = self.sudo().asset_ids.sorted(lambda asset: (asset.date_delivered, asset.id))
        return list(split_every(GOODS_PER_PAGE, goods.ids, goods.browse))

    def _printed_entitlements(self):
        """Return the entitlements of the contract year that runs, else of the last one."""
        self.ensure_one()
        rows = self.entitlement_ids
        today = self.company_id._aftersales_today()
        running = rows.filtered(lambda row: row.date_start <= today <= row.date_end)
        latest = max(rows.mapped("date_start"), default=False)
        return running or rows.filtered(lambda row: row.date_start == latest)

    def _printed_conditions(self):
        """Return the remaining terms as pairs of heading and sentence, for the customer.

        Quotations and orders tell the same terms in short sentences: ``_conditions`` of the terms.

        Another module overrides it, calls ``super()`` and appends its own; it must not write.
        """
        self.ensure_one()
        return [
            (self.env._("Kind of contract"), self._kind_in_words()),
            *self._printed_cover(),
            *self._printed_prices(),
            *self._printed_end(),
        ]

    def _printed_cover(self):
        env, conditions = self.env, []
        if self.waiting_days:
            conditions.append(
                (
                    env._("Goods you had before"),
                    env._("Cover begins %s days after the order.", self.waiting_days),
                )
            )
        if self.contract_kind != "full_service":
            return conditions
        if not self.replacements_unlimited:
            text = {
                "bill": env._("Further replacements are charged at the list price."),
                "refuse": env._("Further replacements are not made under this plan."),
            }[self.over_quota_policy]
            conditions.append((env._("When the replacements are used up"), text))
        for limit, text in (
            (self.claim_value_limit, env._("One claim: goods worth up to %s at list price.")),
            (self.term_value_limit, env._("The whole term: goods worth up to %s at list price.")),
        ):
            if limit:
                conditions.append((env._("Limit"), text % self.currency_id.format(limit)))
        return conditions

    def _printed_prices(self):
        env, conditions = self.env, []
        included = {
            (True, True): env._("Work and freight are included."),
            (True, False): env._("Work is included; freight is charged."),
            (False, True): env._("Freight is included; work is charged."),
            (False, False): env._("Work and freight are charged."),
        }[self.labour_included, self.freight_included]
        if self.contract_kind == "full_service":
            conditions.append((env._("With a replacement"), included))
        if self.contract_kind == "time_material":
            prices = env._("%s, parts at list price", self._rates_in_words())
            conditions.append((env._("What is done costs"), prices))
        elif self.hour_rate or self.visit_rate:
            conditions.append((env._("What is not included costs"), self._rates_in_words()))
        if self.after_hours_percent:
            conditions.append(
                (
                    env._("Outside business hours"),
                    env._("Charged work costs %s %% more.", f"{self.after_hours_percent:g}"),
                )
            )
        return conditions

    def _printed_end(self):
        env, conditions = self.env, []
        if self.withdrawal_days and self.withdrawal_end:
            text = env._(
                "Until %s you may withdraw from the contract and get everything back.",
                day_in_words(env, self.withdrawal_end),
            )
            conditions.append((env._("Withdrawal"), text))
        refund = {
            "none": env._("Nothing is paid back."),
            "pro_rata": env._("The price of the days that are left is paid back."),
            "pro_rata_less_used": env._(
                "The price of the days that are left is paid back, less what was used."
            ),
        }[self.refund_policy]
        unpaid = {
            "no": env._("The benefits of the plan are given all the same."),
            "warn": env._("The benefits of the plan are given; we remind you of the invoice."),
            "hold": env._("The benefits of the plan are held until the invoice is paid."),
        }[self.benefits_require_payment]
        return [
            *conditions,
            (env._("If the contract ends early"), refund),
            (env._("While an invoice of the plan is overdue"), unpaid),
        ]
