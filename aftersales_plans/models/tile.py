# SPDX-License-Identifier: LGPL-3.0-or-later
from ast import literal_eval

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

ARRANGED = {"active", "sequence"}  # what a plan manager may change


class AftersalesTile(models.Model):
    """One number on the overview, and the list that is behind it (design §8, requirement 33).

    Defined by the data of a module, for whoever works with it. Nothing is stored: the number is
    what the reader's own rights, companies and day give, so that it always equals the list.
    Domains and context are Python literals, their days in Odoo's own words (``'today +30d'``).
    A plan manager may arrange tiles and switch them off; what they count is no setting.
    """

    _name = "aftersales.tile"
    _description = "Overview Tile"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, readonly=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    section = fields.Selection(
        [("work", "My Work"), ("contracts", "Contracts"), ("claims", "Claims")],
        required=True,
        readonly=True,
        group_expand="_expand_sections",
    )
    group_ids = fields.Many2many("res.groups", string="Shown to", readonly=True)
    action_id = fields.Many2one(
        "ir.actions.act_window", string="Opens", required=True, readonly=True, ondelete="cascade"
    )
    domain = fields.Char(default="[]", required=True, readonly=True, help="What is counted.")
    action_context = fields.Char(default="{}", required=True, readonly=True)
    owner_field = fields.Char(
        readonly=True, help="Path to the user whose it is: only the reader's own is counted."
    )
    measure = fields.Char(
        readonly=True, help="Field that is added up, or averaged; empty: records are counted."
    )
    unit = fields.Char(readonly=True, translate=True, help="Of the measure, if it is no money.")
    late_domain = fields.Char(readonly=True, help="The part that is shown in red.")
    late_name = fields.Char(string="Name of the Red Part", readonly=True, translate=True)
    graph_field = fields.Char(readonly=True, help="What the chart's bars stand for.")
    graph_domain = fields.Char(readonly=True, help="What the chart shows; empty: what is counted.")
    is_shown = fields.Boolean(
        compute="_compute_is_shown",
        search="_search_is_shown",
        help="For a group of mine, about what I may read and my companies have.",
    )

    # --- Definition ----------------------------------------------------------------------------

    @api.constrains("domain", "late_domain", "graph_domain", "action_context")
    def _check_literals(self):
        for tile in self:
            try:
                for text in (tile.domain, tile.late_domain, tile.graph_domain):
                    Domain(literal_eval(text or "[]"))
                dict(literal_eval(tile.action_context))
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._(
                        "Overview tile %(tile)s is not written as a domain: %(error)s",
                        tile=tile.name,
                        error=error,
                    )
                ) from error

    def write(self, vals):
        """Let people arrange tiles; what a tile counts comes from its module.

        :raises UserError: anything else would change
        """
        if not self.env.su and not ARRANGED.issuperset(vals):
            raise UserError(
                self.env._("Tiles can be moved and switched off; what they count is fixed.")
            )
        return super().write(vals)

    def _load_records_write(self, values):
        """Let an upgrade bring new definitions and keep what somebody arranged."""
        return super()._load_records_write(
            {name: value for name, value in values.items() if name not in ARRANGED}
        )

    @api.model
    def _expand_sections(self, sections, _domain):
        """Return the sections that hold tiles, in the order of their definition."""
        return [key for key, _label in self._fields["section"].selection if key in sections]

    def _model(self):
        """Return the model this tile is about, empty, with the reader's rights."""
        return self.env[self.action_id.sudo().res_model]  # actions are the administrator's to read

    # --- Who sees it ---------------------------------------------------------------------------

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("group_ids", "action_id")
    def _compute_is_shown(self):
        mine = self.env.user.all_group_ids
        meant = self.filtered(lambda tile: not tile.group_ids or tile.group_ids & mine)
        (self - meant).is_shown = False
        actions = self.search([("active", "=", True)]).action_id | meant.action_id
        screens = actions.sudo().grouped("res_model")  # sudo: they are the administrator's to read
        for model, tiles in meant.grouped(lambda tile: tile._model()._name).items():
            tiles.is_shown = self._is_used(screens[model])

    def _is_used(self, screens):
        """Return whether any of the screens of a model has something for the reader.

        Zeros of what nobody has begun to use say nothing. One query, which stops at the first.
        """
        records = self.env[screens[0].res_model]
        if not records.has_access("read"):
            return False
        found = Domain.OR(self._domain_of_screen(screen) for screen in screens)
        return bool(records.search_count(found, limit=1))

    def _domain_of_screen(self, screen):
        """Return what a window action finds; all, where somebody gave it a domain to compute."""
        try:
            return Domain(literal_eval(screen.domain or "[]"))
        except (ValueError, SyntaxError):
            return Domain.TRUE

    def _search_is_shown(self, operator, value):
        if operator != "in":
            return NotImplemented
        groups = self.env.user.all_group_ids.ids
        mine = Domain("group_ids", "=", False) | Domain("group_ids", "in", groups)
        shown = Domain("id", "in", self.search(mine).filtered("is_shown").ids)
        return shown if True in value else ~shown

    # --- What it opens -------------------------------------------------------------------------

    def _domain(self, *more):
        """Return what the tile counts, as a domain of its model; its list shows the same.

        :param more: literals that narrow it
        """
        return Domain.AND([self._whose(), *(literal_eval(text) for text in (self.domain, *more))])

    def _domain_of_graph(self):
        if not self.graph_domain:
            return self._domain()
        return self._whose() & Domain(literal_eval(self.graph_domain))

    def _whose(self):
        mine = Domain(self.owner_field, "in", self.env.user.ids) if self.owner_field else []
        return Domain(mine)

    def _context_of_list(self):
        return dict(literal_eval(self.action_context))

    def _open(self, domain, view, **context):
        """Return the window action with what ``domain`` finds, beginning with ``view``."""
        self.ensure_one()
        # sudo: as a menu does; what is found there is up to the reader's rights
        action = self.action_id.sudo()._get_action_dict()
        views = action["views"]
        if view not in dict(map(reversed, views)):
            views = [*views, (False, view)]
        views = sorted(views, key=lambda pair: pair[1] != view)
        return dict(
            action,
            name=self.name,
            display_name=self.name,
            domain=list(domain),
            context={**self._context_of_list(), **context},
            views=views,
            view_mode=",".join(mode for _view_id, mode in views),
            help=self._help(),
        )

    def _help(self):
        """Return what the list says when it is empty.

        The screen's own words are about having no record at all, which would be untrue here.
        """
        return Markup('<p class="o_view_nocontent_smiling_face">{}</p><p>{}</p>').format(
            self.env._("%s: none now", self.name),
            self.env._("What is to be seen here appears by itself."),
        )

    def action_open(self):
        """Open the list of what is counted."""
        return self._open(self._domain(), "list")

    def action_open_late(self):
        """Open the list of the red part."""
        return self._open(self._domain(self.late_domain or "[]"), "list")

    def action_open_graph(self):
        """Open what the chart shows as a graph, which offers every other cut."""
        return self._open(
            self._domain_of_graph(),
            "graph",
            graph_groupbys=[self.graph_field],
            graph_measure=self.measure or "__count",
            graph_mode="bar",
        )
