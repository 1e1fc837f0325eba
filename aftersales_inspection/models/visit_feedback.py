# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ResCompany(models.Model):
    """Whether customers are asked about visits."""

    _inherit = "res.company"

    aftersales_feedback_visit = fields.Boolean(string="Feedback on Visits", default=True)


class ResConfigSettings(models.TransientModel):
    """The company's switch."""

    _inherit = "res.config.settings"

    aftersales_feedback_visit = fields.Boolean(
        related="company_id.aftersales_feedback_visit", readonly=False
    )


class FsmOrder(models.Model):
    """A visit that was made is asked about (requirement 15)."""

    _name = "fsm.order"
    _inherit = ["aftersales.rated", "fsm.order"]
    _feedback_kind = "visit"
    _feedback_template = "aftersales_inspection.mail_template_feedback_visit"

    _aftersales_made_idx = models.Index(
        "(company_id, date_end) WHERE aftersales_partner_id IS NOT NULL"
    )

    @api.model
    def _feedback_domain(self, company, first, last):
        zone_day = company._aftersales_start_of
        return (
            Domain("company_id", "=", company.id)
            & Domain("aftersales_partner_id", "!=", False)
            & Domain("date_end", ">=", zone_day(first))
            & Domain("date_end", "<", zone_day(fields.Date.add(last, days=1)))
            & Domain("outcome", "=", "done")
            & Domain("stage_id.is_closed", "=", True)
        )

    def _feedback_day(self):
        return self.company_id._aftersales_day_of(self.date_end or fields.Datetime.now())

    def _feedback_partner(self):
        return self.appointment_partner_id

    def _feedback_owner(self):
        return self.aftersales_user_id

    def _feedback_products(self):
        assets = self.check_ids.asset_id or self.aftersales_contract_id.asset_ids
        return assets.product_id

    def _feedback_may_be_given(self):
        return self.is_closed and self.outcome == "done"

    def _feedback_title(self):
        """Name the visit and, as everywhere, the technician's first name alone."""
        values = {
            "visit": self._appointment_title(),
            "day": self._appointment_day(self.date_end),
            "name": self._appointment_technician(),
        }
        if values["name"]:
            return self.env._("%(visit)s on %(day)s, by %(name)s", **values)
        return self.env._("%(visit)s on %(day)s", **values)

    def _prepare_feedback(self):
        """Note who was there."""
        return {
            **super()._prepare_feedback(),
            "person_id": self.person_id.id,
            "team_id": self.team_id.id,
        }

    def _rating_get_operator(self):
        return self.person_id.partner_id


class AftersalesFeedback(models.Model):
    """Feedback on visits is about a technician and a team."""

    _inherit = "aftersales.feedback"

    kind = fields.Selection(selection_add=[("visit", "Visit")], ondelete={"visit": "cascade"})
    person_id = fields.Many2one(
        "fsm.person", string="Technician", readonly=True, index="btree_not_null"
    )
    team_id = fields.Many2one("fsm.team", readonly=True, index="btree_not_null")

    @api.model
    def _sources(self):
        return {**super()._sources(), "visit": "fsm.order"}


class AftersalesFeedbackRanking(models.Model):
    """Technicians and teams are ranked, too."""

    _inherit = "aftersales.feedback.ranking"
    _depends = {
        "aftersales.feedback": ["person_id", "team_id"],
        "fsm.person": ["partner_id"],
        "fsm.team": ["name"],
    }

    kind = fields.Selection(
        selection_add=[("technician", "Technician"), ("team", "Team")],
        ondelete={"technician": "cascade", "team": "cascade"},
    )
    person_id = fields.Many2one("fsm.person", string="Technician", readonly=True)
    team_id = fields.Many2one("fsm.team", readonly=True)

    @api.model
    def _columns(self):
        return [*super()._columns(), "person_id", "team_id"]

    @api.model
    def _subjects(self):
        person = SQL(
            "(SELECT p.name FROM fsm_person w JOIN res_partner p ON p.id = w.partner_id "
            "WHERE w.id = rated.key)"
        )
        team = SQL(
            "(SELECT COALESCE(t.name->>%s, t.name->>'en_US') FROM fsm_team t "
            "WHERE t.id = rated.key)",
            self.env.lang or "en_US",
        )
        return {
            **super()._subjects(),
            "technician": self._select("person_id", person),
            "team": self._select("team_id", team),
        }


class FsmPerson(models.Model):
    """What customers say of a technician."""

    _name = "fsm.person"
    _inherit = ["aftersales.scored", "fsm.person"]
    _scored_by = "person_id"

    # A worker is a contact, too: here count the scores of the work, there those the contact gave.
    def _scored(self):
        return self._origin


class FsmTeam(models.Model):
    """What customers say of a team."""

    _name = "fsm.team"
    _inherit = ["aftersales.scored", "fsm.team"]
    _scored_by = "team_id"
