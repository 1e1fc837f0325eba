# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models

from odoo.addons.aftersales_plans.calc.charge import with_surcharge
from odoo.addons.aftersales_plans.models.renewal import OPEN_ORDER

from ..calc.hours import charged_hours

WORKED = frozenset({"date_start", "date_end", "person_id", "person_ids"})


class FsmOrder(models.Model):
    """The hours a visit charges and costs: those on site, of everybody who went (19, 29).

    Two technicians for an hour are two hours, charged as they cost. Hours nobody noted are told,
    never guessed: who knows them enters start and end on the visit, or the hours on the quotation.
    """

    _inherit = "fsm.order"

    def write(self, vals):
        """Let cost and charge follow where hours of a visit that is over are corrected."""
        if WORKED.isdisjoint(vals):
            return super().write(vals)
        over = self._completed_visits().filtered("date_end")
        before = {visit: visit._worked() for visit in over}
        result = super().write(vals)
        corrected = over.filtered(lambda visit: visit._worked() != before[visit])
        corrected.filtered("is_closed")._on_hours_corrected()
        return result

    def _worked(self):
        """Return when the visit was and who went."""
        return self.date_start, self.date_end, self._workers()

    def _workers(self):
        """Return everybody who went; nobody where none was named."""
        return self.person_id | self.person_ids

    def _on_hours_corrected(self):
        """Fix anew what the work of these completed visits cost, and charge it once it is known."""
        self._aftersales_fix_labour()
        for visit in self.sudo():  # follows from the visit, which was writable
            order = visit.aftersales_quotation_id
            work = order._aftersales_unknown_work()
            if work:
                charge = visit._prepare_work()
                work[0].write({**charge, **visit._prepare_price(charge, order)})

    def _prepare_work(self):
        """Return the hours on site as a charge: 0 with the reason where they are not known."""
        contract, company = self.aftersales_contract_id, self.company_id
        hours = charged_hours(
            self.date_start, self.date_end, company.aftersales_hour_rounding_minutes
        )
        after_hours = bool(hours) and not company._aftersales_is_open(self.date_start)
        percent = contract.after_hours_percent if after_hours else 0.0
        _visit_price, hour_price = contract._rates()
        price = with_surcharge(hour_price, after_hours, percent)
        quantity = (hours or 0.0) * (len(self._workers()) or 1)
        charge = self._prepare_service("product_labour", quantity, price)
        reader = self.with_context(lang=self._customer().lang)
        return {**charge, "name": reader._work_in_words(hours, percent)}

    def _work_in_words(self, hours, percent):
        """Return what the quotation says of the work.

        :param hours: of each who went; None: not known
        :param percent: how much more an hour costs outside business hours
        """
        if hours is None:
            return self.env._(
                "Work: not enough data. Start and end of visit %s were not noted: enter them "
                "there, or the hours here.",
                self.name,
            )
        service = self.env.ref("aftersales_plans.product_labour").sudo()  # its name
        said = [service.get_product_multiline_description_sale()]
        workers = len(self._workers())
        if workers > 1:
            said.append(
                self.env._(
                    "%(count)s technicians, %(hours)s hours each", count=workers, hours=f"{hours:g}"
                )
            )
        if percent:
            said.append(self.env._("Outside business hours, %s %% more", f"{percent:g}"))
        return "\n".join(said)


class SaleOrder(models.Model):
    """The quotation of a visit is not confirmed before somebody entered the hours."""

    _inherit = "sale.order"

    def _aftersales_unknown_work(self):
        """Return the lines of an open quotation that charge work whose hours nobody knows."""
        # sudo: whoever confirms; that it charges a visit is no secret on it
        order = self.sudo()
        work = order.env.ref("aftersales_plans.product_labour")
        lines = order.order_line.filtered(
            lambda line: (
                line.product_id == work and line.product_uom_id.is_zero(line.product_uom_qty)
            )
        )
        charges = order.state in OPEN_ORDER and lines and order.aftersales_charged_visit_ids
        return lines if charges else lines.browse()

    def _aftersales_lacks_hours(self):
        """Tell whether this charges a visit whose hours nobody knows."""
        return bool(self._aftersales_unknown_work())

    def _aftersales_hours_error(self):
        return self.env._(
            "%(order)s: not enough data for the work at %(visit)s, its start and end were not "
            "noted. Enter the hours on the line, or Actual Start and Actual End on the visit "
            "(the line follows); or delete the line if the work is free.",
            order=self.name,
            visit=", ".join(self.sudo().aftersales_charged_visit_ids.mapped("name")),  # its name
        )

    def _confirmation_error_message(self):
        """Refuse to sell hours that nobody knows."""
        return super()._confirmation_error_message() or (
            self._aftersales_lacks_hours() and self._aftersales_hours_error()
        )

    def _aftersales_is_with_us(self):
        """Ask the customer to sign and pay only hours that are known."""
        return super()._aftersales_is_with_us() or self._aftersales_lacks_hours()
