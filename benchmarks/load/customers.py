"""What customers do online."""

from __future__ import annotations

import base64
import re
from datetime import date

from locust import task

from .person import Person, journey

#: A photo, as small as a photo can be.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


class Customer(Person):
    """Reads on the portal, reports what broke, agrees on dates."""

    weight = 2
    online = True

    def open_one(self, path):
        """Open a list of the portal and one of its entries; return that page, maybe None."""
        page = self.browser.get(path)
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
            return
        self.think()
        self.browser.submit(
            page,
            "/my/claims/new",
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
        page = self.open_one("/my/visits")
        if page is None:
            return
        self.think()
        forms = [form for form in page.forms if (form.get("action") or "").endswith("/answer")]
        if not forms:
            return
        confirms = forms[0].xpath(".//button[@value='confirm']") and self.chance.random() < 0.6
        answer = (
            {"answer": "confirm"} if confirms else {"answer": "change", "wish": "Later, please"}
        )
        if confirms or len(forms) == 1:
            self.browser.submit(page, "/answer", **answer)
            return
        slots = forms[-1].xpath(".//input[@name='slot']/@value")
        page.forms[:] = forms[-1:]
        self.browser.submit(page, "/answer", slot=self.chance.choice(slots), **answer)

    @task(1)
    @journey
    def print(self):
        """Save the contract as PDF."""
        page = self.browser.get("/my/service-contracts")
        numbers = sorted(
            set(re.findall(r"/my/service-contracts/(\d+)", str(self.browser_text(page))))
        )
        if numbers:
            contract = self.chance.choice(numbers)
            self.browser.get(
                f"/my/service-contracts/{contract}?report_type=pdf",
                name="PDF of a contract, online",
            )

    def browser_text(self, page):
        """Return all addresses a page leads to."""
        return [link for _element, _attribute, link, _position in page.iterlinks()]

    @task(1)
    @journey
    def rewards(self):
        """See what recommending brought, choose how to be paid, name a neighbour's interest."""
        page = self.browser.get("/my/rewards")
        self.think()
        if any((form.get("action") or "").endswith("/my/rewards/method") for form in page.forms):
            method = self.chance.choice(["cash", "credit"])
            self.browser.submit(page, "/my/rewards/method", method=method)
        self.browser.get("/my/referrals")
