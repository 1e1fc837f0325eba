# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..calc.check import DIGITS, Limits


class AftersalesQuestion(models.AbstractModel):
    """What is asked about goods at a visit (requirement 5).

    A line of a checklist asks it from now on; a check has it as it was when the visit started.
    """

    _name = "aftersales.question"
    _description = "Question of a Checklist"

    name = fields.Char(string="What to Check", required=True, translate=True)
    kind = fields.Selection(
        [
            ("ok", "OK / not OK"),
            ("measure", "Measure"),
            ("text", "Text"),
            ("photo", "Photo"),
        ],
        required=True,
        default="ok",
    )
    hint = fields.Char(translate=True, help="How to check it; shown below the question.")
    is_required = fields.Boolean(
        string="Required", default=True, help="The visit cannot be completed without an answer."
    )
    unit = fields.Char(help="Of the measure, such as bar, °C or h.")
    has_minimum = fields.Boolean(string="At Least?")
    minimum = fields.Float(digits=(16, DIGITS))
    has_maximum = fields.Boolean(string="At Most?")
    maximum = fields.Float(digits=(16, DIGITS))
    is_meter = fields.Boolean(
        string="Meter",
        help="The measure is what the meter shows: completing the visit notes it with the asset.",
    )
    sequence = fields.Integer(default=10)

    @api.constrains("kind", "unit", "is_meter", "has_minimum", "minimum", "has_maximum", "maximum")
    def _check_measure(self):
        for question in self:
            limits = question._limits()
            if None not in limits and limits.least > limits.most:
                raise ValidationError(
                    self.env._(
                        "%(question)s: at least %(least)s and at most %(most)s cannot both hold.",
                        question=question.name,
                        least=limits.least,
                        most=limits.most,
                    )
                )
            if question.is_meter and (question.kind != "measure" or not question.unit):
                raise ValidationError(
                    self.env._(
                        "%s: a meter is a measure with a unit, such as h or km.", question.name
                    )
                )

    def _limits(self):
        """Return the :class:`~..calc.check.Limits` of the measure."""
        self.ensure_one()
        return Limits(
            self.minimum if self.has_minimum else None,
            self.maximum if self.has_maximum else None,
        )

    def _limits_in_words(self):
        """Return what the measure may be, with its unit; empty where nothing limits it."""
        self.ensure_one()
        least, most = (None if limit is None else f"{limit:g}" for limit in self._limits())
        unit = self.unit or ""
        if self.kind != "measure" or (least is None and most is None):
            return ""
        if most is None:
            return self.env._("at least %(least)s %(unit)s", least=least, unit=unit).strip()
        if least is None:
            return self.env._("at most %(most)s %(unit)s", most=most, unit=unit).strip()
        return f"{least} – {most} {unit}".strip()

    def _prepare_question(self):
        """Return the question as it is now, for a check; its words follow in every language."""
        self.ensure_one()
        names = self.env["aftersales.question"]._fields.keys() - models.MAGIC_COLUMNS
        return {name: self[name] for name in names if self._fields[name].store}
