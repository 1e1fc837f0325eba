# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class ResCompany(models.Model):
    """Accounts and journals a company chooses: branches follow, and what does not fit is said."""

    _inherit = "res.company"

    # --- Branches ------------------------------------------------------------------------------

    def _aftersales_followers(self, names):
        """Return the branches that book as their parent does; those with own settings keep them.

        :param names: the settings that go together
        """
        return self._aftersales_branches().filtered(
            lambda branch: all(branch[name] == branch.parent_id[name] for name in names)
        )

    def _aftersales_branches(self):
        """Return all branches below these companies."""
        # whoever may set up the parent decides for its branches
        return self.sudo().search([("id", "child_of", self.ids), ("id", "not in", self.ids)])

    # --- What is wrong -------------------------------------------------------------------------

    def _aftersales_settings_problem(self, names):
        """Return in words what is wrong with these settings; empty when all is well."""
        self.ensure_one()
        company = self.sudo()  # accounts may be shared with companies the user does not see
        missing = [company._aftersales_label(name) for name in names if not company[name]]
        sentences = missing and [
            self.env._(
                "set %(missing)s under After-Sales, Configuration, Settings.", missing=missing
            )
        ]
        for name in names:
            wanted = company[name] and company._aftersales_unfit(name)
            if wanted:
                sentences.append(
                    self.env._(
                        "%(setting)s cannot be %(chosen)s: it must be %(wanted)s.",
                        setting=company._aftersales_label(name),
                        chosen=company[name].display_name,
                        wanted=wanted,
                    )
                )
        return f"{self.name}: {' '.join(sentences)}" if sentences else ""

    def _aftersales_label(self, name):
        return self._fields[name].get_description(self.env, ["string"])["string"]

    def _aftersales_unfit(self, name):
        """Return what the record chosen for a setting should be, where it is not; else None.

        Whoever adds a setting overrides it, calls ``super()`` and answers for its own.
        """
        record = self[name]
        owners = record.company_ids if record._name == "account.account" else record.company_id
        if not record.active:
            return self.env._("active, not archived")
        if not owners & self.parent_ids:
            return self.env._("of this company")
        return None
