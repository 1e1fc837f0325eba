# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import Command, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

TEMPLATE = "aftersales_plans.mail_template_campaign_offer"


class AftersalesCampaignLine(models.Model):
    """How the offer of a campaign leaves: a quotation each, mailed when allowed (36)."""

    _inherit = "aftersales.campaign.line"

    def _contact_border(self, company):
        """Return the latest last contact that lies far enough back for another one."""
        return company._aftersales_today() - timedelta(days=company.aftersales_gap_days)

    def _to_offer(self, company):
        """Return the lines whose offer may leave now; the others wait or are left out."""
        may = (
            Domain("id", "in", self.ids)
            & Domain("state", "=", "to_contact")
            & Domain("order_id", "=", False)
            & Domain("left_out", "=", False)
            & Domain("campaign_id.offer", "=", "plan")
            & Domain("partner_id.aftersales_no_contact", "=", False)
            & Domain("partner_id.email", "!=", False)
            & Domain("customer_id.last_contact", "<=", self._contact_border(company))
        )
        return self.search(may)

    def _offer(self):
        """Quote the plan to the customer and mail it; once."""
        self.ensure_one()
        goods = self._goods_to_cover()
        if not goods:
            self.left_out = self.env._("Nothing in use without a plan that this one covers")
            return
        order = self._make_order(goods)
        self.write({"order_id": order.id})
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        mail = self.partner_id._aftersales_send_when_allowed(order, template)
        if not mail:
            self.left_out = self.env._("No mail could be written: send %s by hand", order.name)
            return
        order.action_quotation_sent()
        self._set_state("contacted")
        self.date_contacted = self.company_id._aftersales_day_of(mail.scheduled_date)

    def _goods_to_cover(self):
        """Return what the customer has in use without a plan, at the site with most of it."""
        Asset = self.env["aftersales.asset"]
        plan = self.campaign_id.product_id.aftersales_plan_id
        bare = Asset.search(Asset._uncovered_domain(self.partner_id, self.company_id))
        goods = plan._covered_among(bare)
        sites = goods.grouped("site_id").values()
        return max(sites, key=lambda at_site: (len(at_site), -at_site.site_id.id), default=Asset)

    def _make_order(self, goods):
        """Return the quotation: the plan for ``goods``, with the campaign's discount."""
        campaign = self.campaign_id
        order = (
            self.env["sale.order"]
            .with_company(self.company_id)
            .with_context(mail_auto_subscribe_no_notify=True)  # no mail to the owner for each
            .create(
                {
                    "partner_id": self.partner_id.id,
                    "partner_shipping_id": goods.site_id.id,
                    "company_id": self.company_id.id,
                    "user_id": self.user_id.id,
                    "origin": campaign.name,
                    "validity_date": campaign.date_to,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": campaign.product_id.id,
                                "aftersales_asset_ids": [Command.set(goods.ids)],
                            }
                        )
                    ],
                }
            )
        )
        line = order.order_line
        line.discount = 100 - (100 - line.discount) * (100 - campaign.discount_percent) / 100
        body = plaintext2html(self.env._("Offered by the campaign %s", campaign.name))
        order._message_log(body=body)
        return order
