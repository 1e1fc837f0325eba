from odoo import api, models


class AftersalesContract(models.Model):
    """Gives each contract year its training sessions."""

    _inherit = "aftersales.contract"

    def _prepare_entitlements(self, year):
        """Append the sessions of the year; the contract itself creates the rows."""
        vals_list = super()._prepare_entitlements(year)
        known = self.entitlement_ids.filtered(lambda row: row.kind == "training")
        if self.training_sessions or known:  # amended to none: what is left follows
            vals_list.append(
                {
                    "contract_id": self.id,
                    "kind": "training",
                    "date_start": year.first,
                    "date_end": year.last,
                    "included": self.training_sessions,
                }
            )
        return vals_list

    @api.model
    def _terms_fields_of_schedule(self):
        """Let the running year follow when a plan manager amends the number."""
        return super()._terms_fields_of_schedule() | {"training_sessions"}
