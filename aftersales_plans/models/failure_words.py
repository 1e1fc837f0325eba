# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models


class AftersalesFailure(models.AbstractModel):
    """Rates as people read them; where there is not enough data, what there is (16, 30)."""

    _inherit = "aftersales.failure"

    @api.model
    def _rate_in_words(self, rate):
        """Return such as "6 per 100 units and year (2.6 to 11.8)"."""
        return self.env._(
            "%(rate)s per 100 units and year (%(low)s to %(high)s)",
            rate=self._number(rate.per_100_years),
            low=self._number(rate.low * 1200),
            high=self._number(rate.high * 1200),
        )

    @api.model
    def _counted_in_words(self, counted):
        """Return such as "1 failure in 8 unit-months"."""
        months = self._number(counted.unit_months, 0)
        if counted.failures == 1:
            return self.env._("1 failure in %s unit-months", months)
        return self.env._(
            "%(failures)s failures in %(months)s unit-months",
            failures=self._number(counted.failures),
            months=months,
        )

    @api.model
    def _lack_in_words(self, product, counted):
        """Return such as "not enough data: Boiler: 1 failure in 8 unit-months"."""
        return self.env._(
            "not enough data: %(product)s: %(counted)s",
            product=product.display_name,
            counted=self._counted_in_words(counted),
        )

    @api.model
    def _known_in_words(self, counted):
        """Return the rate, else what there is, and how many units were left out."""
        words = (
            self._rate_in_words(counted.rate)
            if counted.rate
            else self.env._("not enough data: %s", self._counted_in_words(counted))
        )
        if not counted.unknown:
            return words
        unknown = self._number(counted.unknown)
        return self.env._("%(rate)s; %(n)s units of unknown age left out", rate=words, n=unknown)

    @api.model
    def _number(self, value, decimals=1):
        """Return ``value`` as the user writes numbers, without zeros at its end."""
        lang = self.env["res.lang"]._get_data(code=self.env.user.lang or "en_US")
        text = f"{value:.{decimals}f}"
        whole = text.rstrip("0").rstrip(".") if "." in text else text
        places = len(whole.partition(".")[2])
        return self.env["res.lang"].browse(lang.id).format(f"%.{places}f", value, grouping=True)
