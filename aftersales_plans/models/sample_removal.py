# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from .never_fail import never_fail
from .turn import take_turn

# Whatever these hold of a record goes with it, or is no business with it.
NO_BUSINESS = ("mail.", "ir.", "bus.", "discuss.", "rating.")


class AftersalesSample(models.AbstractModel):
    """Removes the samples, and of everything else only what follows from them alone.

    A sample goes unless it is settled (``_kept``) or a record that stays refers to it: an order
    somebody wrote for the customer, a claim about the goods. What refers to it is read from the
    tables of every model there is, so that nothing of anybody's is deleted along or left without
    what it speaks of. What stays is archived where it can be, and is no sample any more.
    """

    _inherit = "aftersales.sample"

    @api.model
    def _kinds(self):
        """Return the models of samples, in the order of deletion; siblings add theirs."""
        return [
            "aftersales.claim",
            "aftersales.contract",
            "aftersales.asset",
            "sale.order",
            "product.template",
            "product.category",
            "res.partner",
        ]

    @api.model
    def _followers(self):
        """Return {model: field of the record it follows from}: what goes with a sample.

        Only rows that are made by themselves, or are part of it. Siblings add theirs.
        """
        return {
            "aftersales.followup": "partner_id",
            "aftersales.customer": "partner_id",
            "aftersales.important.date": "partner_id",
            "aftersales.claim.line": "claim_id",
            "aftersales.suspension": "contract_id",
            "aftersales.entitlement": "contract_id",
            "aftersales.reading": "asset_id",
            "sale.order.line": "order_id",
            "aftersales.parts.outlook": "product_id",
            "aftersales.parts.forecast": "product_id",
            "product.value": "product_id",
            "product.product": "product_tmpl_id",
        }

    @api.model
    def _kept(self, record):
        """Tell whether a sample, or what follows from it, became business by its own state."""
        if record._name == "sale.order":
            return record.state not in ("draft", "sent", "cancel")
        if record._name == "aftersales.claim":
            return record.state in ("approved", "done")
        if record._name == "aftersales.contract":
            return bool(record.sale_line_id)
        if record._name == "aftersales.entitlement":
            return bool(record.used)
        return False

    @api.model
    def _remove(self):
        """Remove the samples of this company; return what to tell the user."""
        self._check_manager()
        take_turn(self.env.company.sudo())  # two managers at once
        # sudo: nobody may delete contracts; only marked records of this company and what follows
        # from them alone go, see _doomed
        remover = self.sudo().with_context(tracking_disable=True, active_test=False)
        samples = remover._samples()
        doomed = remover._doomed(samples)
        left = [
            record for records in samples.values() for record in records - doomed[records._name]
        ]
        names = [record.display_name for record in left]
        remover._marks().unlink()
        doomed["sale.order"].filtered(lambda order: order.state == "sent")._action_cancel()
        for model in remover._kinds():
            remover._unlink(model, doomed)
        for record in left:
            with never_fail(self.env, f"Archiving {record}"):
                if "active" in record._fields:
                    record.active = False
        return self._told(names)

    def _unlink(self, model, doomed):
        """Delete what goes of ``model``, after what follows from it."""
        for follower, owner in self._followers().items():
            if self.env[follower]._fields[owner].comodel_name == model:
                self._unlink(follower, doomed)
        doomed[model].exists().unlink()  # some went with what they belong to

    def _told(self, names):
        if names:
            message = self.env._(
                "Sample data is removed, but for what somebody worked with: %s. It is archived "
                "where that is possible.",
                names,
            )
        else:
            message = self.env._("Sample data is removed.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if names else "success",
                "sticky": bool(names),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _samples(self):
        """Return {model: samples} that exist and belong to this company, or to every company."""
        company, samples = self.env.company, {}
        for model, marks in self._marks().grouped("model").items():
            if model in self._kinds():
                records = self.env[model].browse(marks.mapped("res_id")).exists()
                samples[model] = records.filtered(
                    lambda record: (
                        "company_id" not in record._fields
                        or record.company_id in (company, company.browse())
                    )
                )
        return samples

    # --- What goes -----------------------------------------------------------------------------

    def _doomed(self, samples):
        """Return {model: records} that go: samples, and what follows from them alone."""
        doomed = defaultdict(lambda: None)
        for model in {*self._kinds(), *self._followers()}:
            doomed[model] = samples.get(model, self.env[model]).filtered(
                lambda record: not self._kept(record)
            )
        self._add_followers(doomed)
        while self._spare(doomed):
            pass
        return doomed

    def _add_followers(self, doomed):
        """Add what follows from what goes, down to the last."""
        found = True
        while found:
            found = False
            for model, owner in self._followers().items():
                owners = doomed[self.env[model]._fields[owner].comodel_name]
                rows = self.env[model].search([(owner, "in", owners.ids)]) - doomed[model]
                rows = rows.filtered(lambda record: not self._kept(record))
                doomed[model] |= rows
                found = found or bool(rows)

    def _spare(self, doomed):
        """Take out of ``doomed`` what anything that stays refers to; tell whether there was any."""
        spared = False
        for model, records in doomed.items():
            stays = self._held(records, doomed) | self._without_owner(records, doomed)
            if stays:
                doomed[model] -= stays
                spared = True
        return spared

    def _without_owner(self, records, doomed):
        """Return the followers among ``records`` whose owner stays."""
        owner = self._followers().get(records._name)
        if not owner:
            return records.browse()
        return records.filtered(lambda record: record[owner] not in doomed[record[owner]._name])

    def _held(self, records, doomed):
        """Return those of ``records`` that a record refers to which does not go."""
        held = set()
        if records:
            self.env.flush_all()
            for model, field in self._references(records._name):
                goes = doomed.get(model)
                held.update(
                    target
                    for target, source in self._referring(field, records)
                    if goes is None or source not in goes._ids
                )
        return records.browse(sorted(held))

    def _references(self, comodel):
        """Yield (model, stored field) of all that may refer to ``comodel``."""
        for name, Model in self.env.registry.items():
            if not self._is_table(Model) or name.startswith(NO_BUSINESS):
                continue
            for field in Model._fields.values():
                if field.comodel_name == comodel and field.store and not field.inherited:
                    if field.type == "many2one" and field.column_type[0] == "int4":
                        yield name, field
                    elif field.type == "many2many" and field.relation:
                        yield name, field

    @api.model
    def _is_table(self, Model):
        """Tell whether a class of the registry keeps rows of its own that last."""
        no_rows = Model._abstract or Model._transient or Model._table_query
        return Model._auto and not no_rows

    def _referring(self, field, records):
        """Return [(id of one of ``records``, id of the row that refers to it)] by ``field``."""
        if field.type == "many2one":
            table, target, source = self.env[field.model_name]._table, field.name, "id"
        else:
            table, target, source = field.relation, field.column2, field.column1
        return self.env.execute_query(
            SQL(
                "SELECT %(target)s, %(source)s FROM %(table)s WHERE %(target)s IN %(ids)s",
                target=SQL.identifier(target),
                source=SQL.identifier(source),
                table=SQL.identifier(table),
                ids=tuple(records.ids),
            )
        )
