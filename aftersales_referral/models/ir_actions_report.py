# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

STATEMENT = "aftersales_referral.statement_report"


class IrActionsReport(models.Model):
    """Prints statements one by one: not every PDF writer can print several at once."""

    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Render each statement by itself; core joins them."""
        several = res_ids and len(set(res_ids)) > 1
        if not several or self._get_report(report_ref).report_name != STATEMENT:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        streams = {}
        for res_id in dict.fromkeys(res_ids):
            streams.update(
                super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=[res_id])
            )
        return streams
