"""What customers do online."""

from __future__ import annotations

import base64
import re
from datetime import date

from locust import task

from .browser import form_to
from .person import NOTHING, Person, journey

#: A photo, as small as a photo can be.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


class Customer(Person):
    """Reads on the portal, reports what broke, agrees on dates."""

    weight = 2
    online = True

    def open_one(self, path, only=""):
        """Open a list of the portal and one of its entries; return that page, maybe None.

        :param only: the filter of the list, as its address says it
        """
        page = self.browser.get(f"{path}{only}")
        self.think()
        found = {link for _e, _a, link, _p in page.iterlinks() if re.search(rf"{path}/\d+$", link)}
        if found:
            return self.browser.get(self.chance.choice(sorted(found)), name=f"{path}/one")
        return None

    @task(3)
    @journey
    def read(self):
        """Look at the contract, the goods and what is to come."""
        self.browser.get("/my")
        self.browser.call("/my/counters", counters=["contract_count", "claim_count", "visit_count"])
        self.think()
        self.open_one("/my/service-contracts")
        self.think()
        self.open_one("/my/assets")

    @task(2)
    @journey
    def report(self):
        """Report what broke, with a photo."""
        page = self.browser.get("/my/claims/new")
        goods = page.xpath("//input[@name='asset']/@value")
        if not goods:
            return NOTHING
        self.think()
        self.browser.submit(
            form_to(page, "/my/claims/new"),
            ends="/my/claims/",
            files={"photos": ("photo.png", PIXEL, "image/png")},
            asset=self.chance.choice(goods),
            description="It cracked overnight.",
            date_occurred=date.today().isoformat(),
            send="1",
        )
        self.think()
        self.open_one("/my/claims")

    @task(2)
    @journey
    def appoint(self):
        """Confirm the date of a visit, or ask for another one."""
        page = self.open_one("/my/visits", "?filterby=answer")
        if page is None:
            return NOTHING
        self.think()
        forms = [form for form in page.forms if (form.get("action") or "").endswith("/answer")]
        if not forms:
            return NOTHING
        confirms = forms[0].xpath(".//button[@value='confirm']") and self.chance.random() < 0.6
        if confirms:
            self.browser.submit(forms[0], answer="confirm")
        else:
            slot = self.chance.choice(forms[-1].xpath(".//input[@name='slot']/@value") or [""])
            self.browser.submit(forms[-1], answer="change", slot=slot, wish="Later, please")

    @task(1)
    @journey
    def print(self):
        """Save the contract as PDF."""
        page = self.open_one("/my/service-contracts")
        if page is None:
            return NOTHING
        self.browser.get(f"{page.base_url}?report_type=pdf", name="PDF of a contract, online")
        return None

    @task(1)
    @journey
    def rewards(self):
        """See what recommending brought, choose how to be paid."""
        page = self.browser.get("/my/rewards")
        self.think()
        form = form_to(page, "/my/rewards/method")
        if form is not None:
            self.browser.submit(form, method=self.chance.choice(["cash", "credit"]))
        self.browser.get("/my/referrals")

    @task(1)
    @journey
    def recommend(self):
        """Name a neighbour who is interested."""
        page = self.browser.get("/my/referrals/new")
        self.think()
        number = self.chance.randrange(1_000_000)
        self.browser.submit(
            form_to(page, "/my/referrals/new"),
            ends="said=thanks",
            name=f"Neighbour {number}",
            email=f"neighbour{number}@example.com",
            consent="1",
        )
