# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralIdentity(ReferralCommon):
    """The same people are refused, what is only unusual is told (requirement 77)."""

    def _partner(self, name, **vals):
        return self.env["res.partner"].create({"name": name, **vals})

    def _firm(self, name, *people, **vals):
        firm = self._partner(name, is_company=True, **vals)
        for number, person in enumerate(people):
            self._partner(f"{name} {number}", parent_id=firm.id, **person)
        return firm

    def test_contacts_of_both_companies_count(self):
        referrer = self._firm("Smith", {"email": "ann@smith.example"}, {"phone": "0470 11 22 33"})
        self._contract(referrer, self.plan)
        for person, what in (
            ({"email": "Ann@Smith.example"}, "e-mail address"),
            ({"phone": "+32 470 112233"}, "phone number"),
        ):
            customer = self._firm("Jones", {}, person)
            with self.assertRefused(ValidationError, f"Smith cannot refer Jones: .* {what}"):
                self._order(referrer=referrer, partner=customer, confirm=False)
        archived = self._firm("Black", {"email": "ann@smith.example", "active": False})
        with self.assertRefused(ValidationError, "e-mail address"):
            self._order(referrer=referrer, partner=archived, confirm=False)

    def test_having_no_tax_number_is_nothing_in_common(self):
        self.referrer.vat = "/"
        self.customer.vat = "/"
        self.assertFalse(self._order(confirm=False).referral_id.warning)

    def test_the_same_address_is_flagged_on_referral_and_quotation(self):
        self.referrer.write({"street": "Elm Lane 1-a", "zip": "B-1000", "city": "Brussels"})
        self.customer.write({"street": "elm lane 1 A", "zip": "B 1000", "city": "Bruxelles"})
        order = self._order(confirm=False)
        self.assertEqual(
            order.referral_id.warning, "Rita Referrer and Ned Neighbour have the same address."
        )
        with Form(order.with_user(self.salesperson)) as form:
            self.assertIn("the same address", form.referral_warning)
        order.action_confirm()
        self.assertEqual(order.referral_id.state, "qualified")
        next_door = self._partner("Nora", street="Elm Lane 2", zip="B-1000")
        self.assertFalse(self._order(confirm=False, partner=next_door).referral_warning)

    def test_the_e_mail_of_one_company_is_warned_of_and_a_provider_s_is_not(self):
        self.referrer.email = "rita@builders.test"
        firm = self._firm("Builders", {"email": "buyer@builders.test"})
        warning = self._order(confirm=False, partner=firm).referral_id.warning
        self.assertIn(
            "Rita Referrer and Builders use the same company's e-mail (builders.test)", warning
        )
        self.referrer.email = "rita@gmail.com"
        ned = self._partner("Ned", email="ned@gmail.com")
        self.assertFalse(self._order(confirm=False, partner=ned).referral_id.warning)

    def test_a_contact_typed_online_is_compared_too(self):
        self.referrer.email = "rita@builders.test"
        Referral = self.env["aftersales.referral"].sudo()
        vals = {"referrer_id": self.referrer.id, "contact_name": "Ned", "source": "link"}
        self.assertIn(
            "builders.test", Referral.create({**vals, "email": "n@builders.test"}).warning
        )
        with self.assertRefused(ValidationError, "cannot refer Ned: both have the same e-mail"):
            Referral.create({**vals, "email": " Rita@Builders.test"})

    def test_goods_for_the_referrer_and_sales_of_the_referrer_are_flagged(self):
        order = self._order(confirm=False, partner_shipping_id=self.referrer.id)
        self.assertEqual(order.referral_id.warning, f"{order.name} is delivered to Rita Referrer.")
        self.salesperson.partner_id.parent_id = self.referrer
        other = self._order(confirm=False, partner=self._partner("Other"))
        self.assertEqual(
            other.referral_id.warning, f"Rita Referrer is the salesperson of {other.name}."
        )

    def test_who_pays_the_invoice_is_not_rewarded(self):
        with self.assertRefused(ValidationError, "Rita Referrer gets the invoice of"):
            self._order(confirm=False, partner_invoice_id=self.referrer.id)
        order = self._order(confirm=False)
        order.partner_invoice_id = self.referrer
        order.action_confirm()
        self.assertEqual((order.state, order.referral_id.state), ("sale", "rejected"))
        self.assertIn("gets the invoice", order.referral_id.reject_reason)

    def test_two_do_not_refer_one_another_nor_does_a_chain_its_first(self):
        people = self.referrer | self.customer | self._partner("Third")
        for person in people[1:]:
            self._contract(person, self.plan)
        self._order(partner=people[1], referrer=people[0])
        self._order(partner=people[2], referrer=people[1])
        self.company.aftersales_new_customer_months = 1
        with freeze_time("2027-06-01"):
            for first in people[1:]:
                with self.assertRefused(ValidationError, "cannot refer Rita Referrer, who brought"):
                    self._order(partner=self.referrer, referrer=first, confirm=False)
        with freeze_time("2028-03-01"):  # the last day for orders is 2028-03-15
            with self.assertRefused(ValidationError, "who brought"):
                self._order(partner=self.referrer, referrer=people[2], confirm=False)
        with freeze_time("2028-03-16"):
            contract = self._contract(people[2], self.plan)
            order = self._order(partner=self.referrer, referrer=people[2])
            self.assertEqual(order.referral_id.contract_id, contract)

    def test_people_who_became_the_same_are_found_at_the_confirmation(self):
        self.referrer.phone = "0470 12 34 56"
        order = self._order(confirm=False)
        self.customer.phone = "+32 470 12 34 56"
        order.action_confirm()
        self.assertEqual((order.state, order.referral_id.state), ("sale", "rejected"))
        self.assertIn("both have the same phone number", order.referral_id.reject_reason)
        self.assertIn("phone number", order.message_ids[0].body)

    def test_warnings_and_rates_are_nothing_for_the_customer(self):
        order = self._order()
        portal = self._user("portia", "base.group_portal")
        portal.partner_id.parent_id = self.customer
        mine = order.with_user(portal).sudo(False)
        self.assertEqual(mine.read(["name"])[0]["name"], order.name)
        for name in (
            "referrer_id",
            "referral_id",
            "referral_warning",
            "referral_approval",
            "referral_expected_amount",
            "referral_margin",
        ):
            with self.assertRaises(AccessError, msg=name):
                mine.read([name])
