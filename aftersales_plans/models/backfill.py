# SPDX-License-Identifier: LGPL-3.0-or-later
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

_logger = logging.getLogger(__name__)

BATCH_MOVES = 500
NOTED_FAILURES = 20


class AftersalesBackfill(models.Model):
    """How far a company's deliveries from before the installation are registered as assets.

    One row per company. A cron works through the done deliveries in the order of their ids, up to
    the last one there was at the start, and commits batch by batch: it may be stopped, resumed and
    run again, for a delivery that has its assets is left out. It opens no contract, touches no
    order and sends nothing.
    """

    _name = "aftersales.backfill"
    _description = "Registration of Earlier Deliveries"
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    running = fields.Boolean(help="Switched off while it is paused and once it is finished.")
    last_move_id = fields.Integer(help="The last delivery looked at, by id.")
    end_move_id = fields.Integer(help="The last delivery there was at the start, by id.")
    total = fields.Integer(help="Deliveries there were at the start.")
    done = fields.Integer(help="Deliveries looked at so far.")
    failed = fields.Integer(help="Deliveries that could not be registered.")
    failures = fields.Text(help="Which ones, and why; the first of them.")
    late_returns = fields.Integer(help="Returns of goods that were not registered yet.")
    percent = fields.Float(compute="_compute_progress")
    progress = fields.Char(compute="_compute_progress")

    _company_unique = models.Constraint(
        "UNIQUE(company_id)", "The deliveries of this company are registered already."
    )

    @api.depends("running", "total", "done")
    def _compute_progress(self):
        for backfill in self:
            figures = {
                name: formatLang(self.env, backfill[name], digits=0)
                for name in ("done", "total", "failed")
            }
            backfill.percent = 100 * backfill.done / backfill.total if backfill.total else 100
            if not backfill.total:
                backfill.progress = self.env._("Nothing was delivered earlier")
                continue
            backfill.progress = self.env._(
                "Existing deliveries: %(done)s of %(total)s registered", **figures
            )
            if backfill.failed:
                backfill.progress += self.env._(", %s could not be", figures["failed"])

    # --- Starting and stopping -----------------------------------------------------------------

    @api.model
    def _start(self, companies):
        """Begin with the first delivery of ``companies``, or go on where it was paused."""
        for company in companies:
            backfill = self.search([("company_id", "=", company.id)]) or self.create(
                {"company_id": company.id}
            )
            if backfill.last_move_id >= backfill.end_move_id:
                backfill._begin()
            backfill.running = backfill.last_move_id < backfill.end_move_id
        self.env.ref("aftersales_plans.cron_backfill")._trigger()

    def _begin(self):
        """Note how much there is to do; what is delivered from now on registers itself."""
        self.ensure_one()
        moves = self.env["stock.move"]
        last = moves.search(self._deliveries(), order="id desc", limit=1)
        self.write(
            {
                "last_move_id": 0,
                "end_move_id": last.id,
                "total": moves.search_count(self._deliveries()),
                "done": 0,
                "failed": 0,
                "failures": False,
                "late_returns": 0,
            }
        )

    def _deliveries(self):
        """Return the domain of all deliveries the company ever made by itself."""
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "done"),
            ("location_dest_id.usage", "=", "customer"),
            ("location_id.usage", "!=", "customer"),
            ("origin_returned_move_id", "=", False),
            ("aftersales_claim_id", "=", False),
        ]

    @api.model
    def _on_unregistered_return(self, company):
        """Make a batch that is under way see goods of ``company`` that just came back.

        Both transactions write this row, so the database repeats the one that comes second: the
        batch then counts the return, or the return finds the assets of the batch.
        """
        for backfill in self.search([("company_id", "=", company.id), ("running", "=", True)]):
            backfill.late_returns += 1

    # --- Working -------------------------------------------------------------------------------

    @api.model
    def _cron_backfill(self):
        """Register one batch after the other, of every company; resumable."""
        cron = self.env["ir.cron"]
        for backfill in self.search([("running", "=", True)]):
            while backfill.running:
                handled = backfill._register_batch()
                waiting = self.search([("running", "=", True)])
                left = sum(waiting.mapped(lambda row: max(row.total - row.done, 1)))
                if not cron._commit_progress(handled, remaining=left):
                    return

    def _register_batch(self):
        """Register the next deliveries; return how many were looked at."""
        self.ensure_one()
        moves = self.env["stock.move"].search(
            [
                *self._deliveries(),
                ("id", ">", self.last_move_id),
                ("id", "<=", self.end_move_id),
            ],
            order="id",
            limit=BATCH_MOVES,
        )
        failures = self._register_safely(moves)
        finished = len(moves) < BATCH_MOVES
        noted = [*(self.failures or "").splitlines(), *failures]
        self.write(
            {
                "last_move_id": self.end_move_id if finished else moves[-1:].id,
                "running": not finished,
                "done": self.done + len(moves),
                "failed": self.failed + len(failures),
                "failures": "\n".join(noted[:NOTED_FAILURES]),
            }
        )
        return len(moves)

    def _register_safely(self, moves):
        """Register ``moves``; one that cannot be is left out, and the others go on.

        :return: what went wrong, a line per move
        """
        failures = []
        try:
            with self.env.cr.savepoint():
                self._register_moves(moves)
        except psycopg2.OperationalError:
            raise  # another transaction was faster: the whole batch is done again
        except Exception as error:  # whatever years of data hold
            if len(moves) == 1:
                _logger.warning("%s cannot be registered as asset", moves, exc_info=True)
                return [f"{moves.reference or moves.id}: {error}".replace("\n", " ")]
            for move in moves:
                failures += self._register_safely(move)
        return failures

    def _register_moves(self, moves):
        """Register what ``moves`` delivered: what is there still, and what came back since."""
        assets = self.env["aftersales.asset"].with_context(active_test=False)
        known = assets.search_fetch([("move_id", "in", moves.ids)], ["move_id"]).move_id
        moves = (moves - known).filtered(assets._is_delivery)
        held = assets._held_now(moves)
        rows = [
            row
            for move in moves
            for vals in assets._prepare_from_move(move)
            for row in self._prepare_rows(vals, held.get((move.id, vals["lot_id"])))
        ]
        created = assets._create_quietly(rows)
        for origin, part in zip(created, created[1:], strict=False):
            same = origin.move_id == part.move_id and origin.lot_id == part.lot_id
            if same:
                part.origin_asset_id = origin
        created.flush_recordset()  # inside the savepoint: errors belong to this batch

    def _prepare_rows(self, vals, held):
        """Return one delivered quantity as what is in use and what is out again."""
        left = min(vals["quantity"], held.quantity) if held else vals["quantity"]
        gone = vals["quantity"] - left
        rows = [{**vals, "quantity": left}] if left > 0 else []
        if gone > 0:
            rows.append(
                {**vals, "quantity": gone, "status": "returned", "date_out": held.last_return}
            )
        return rows

    # --- Buttons -------------------------------------------------------------------------------

    @api.model
    def _check_manager(self):
        """Refuse who may not start or stop it.

        :raises UserError: unless a plan manager or a system administrator asks
        """
        user = self.env.user
        if not (user.has_group("aftersales_plans.group_manager") or user._is_system()):
            raise UserError(self.env._("Ask a plan manager to register earlier deliveries."))

    @api.model
    def action_start(self):
        """Register, go on with, or check again the deliveries of the current company."""
        self._check_manager()
        self.sudo()._start(self.env.company)  # rows are nobody's to write; checked above

    @api.model
    def action_pause(self):
        """Stop after the batch that is under way; Start goes on from there."""
        self._check_manager()
        mine = self.sudo().search([("company_id", "=", self.env.company.id)])  # checked above
        mine.running = False
