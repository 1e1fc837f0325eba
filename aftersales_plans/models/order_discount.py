# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.tools import SQL

# Where an order was cancelled and confirmed again, its latest contract earns; ``owner`` is asked.
IS_LATEST = SQL(
    """
    NOT EXISTS (
        SELECT FROM aftersales_contract later
         WHERE later.sale_line_id = owner.sale_line_id AND later.id > owner.id
    )
    """
)


def is_profit_or_loss(env):
    """Return the SQL that says of ``account`` that it is of profit and loss.

    The types by name, not by their beginning: so PostgreSQL knows how many items that leaves.
    """
    types = env["account.account"]._fields["account_type"].get_values(env)
    listed = tuple(name for name in types if name.split("_")[0] in ("income", "expense"))
    return SQL("account.account_type IN %s", listed)


class AftersalesContract(models.Model):
    """What discounts on a whole order took off the revenue of its plans, as the books say."""

    _inherit = "aftersales.contract"

    @api.model
    def _select_order_discounts(self, contract_ids=None, day=None):
        """Return per contract and item of its plan line: contract, item, account, date, amount.

        Such a discount stands on an invoice line of its own, which is less revenue at once. The
        plan bears of it as much as of the order's price; ``amount`` is positive, in company
        currency and not rounded, ``item_id`` the first item of the plan on the document. One that
        was invoiced or credited apart counts with the plan's first: it is less of that revenue.

        :param day: only discounts that are in the books by then
        """
        return SQL(
            """
            SELECT owner.id AS contract_id, sold.id AS item_id, sold.account_id, sold.company_id,
                   sold.date,
                   SUM(item.balance) * MIN(mine.price_subtotal) / MIN(priced.total) AS amount
              FROM sale_order_line discount
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = discount.id
              JOIN account_move_line item ON item.id = rel.invoice_line_id
              JOIN account_account account ON account.id = item.account_id
              JOIN sale_order_line mine ON mine.order_id = discount.order_id
              JOIN aftersales_contract owner ON owner.sale_line_id = mine.id
              JOIN LATERAL (
                       SELECT sold.*
                         FROM sale_order_line_invoice_rel own
                         JOIN account_move_line sold ON sold.id = own.invoice_line_id
                        WHERE own.order_line_id = mine.id AND sold.parent_state = 'posted'
                        ORDER BY sold.move_id = item.move_id DESC, sold.id LIMIT 1
                   ) AS sold ON TRUE
              JOIN LATERAL (
                       SELECT SUM(line.price_subtotal) AS total
                         FROM sale_order_line line
                        WHERE line.order_id = discount.order_id
                          AND line.display_type IS NULL
                          AND line.is_downpayment IS NOT TRUE
                          AND line.price_subtotal > 0
                          AND (%(line)s) IS NOT TRUE
                   ) AS priced ON priced.total > 0
             WHERE (%(discount)s)
               AND item.parent_state = 'posted'
               AND item.display_type = 'product'
               AND %(earns)s
               AND mine.price_subtotal > 0
               AND %(only)s
               AND %(until)s
               AND %(latest)s
             GROUP BY owner.id, sold.id, sold.account_id, sold.company_id, sold.date
            """,
            earns=is_profit_or_loss(self.env),
            latest=IS_LATEST,
            line=self._is_order_discount(SQL("line")),
            discount=self._is_order_discount(SQL("discount")),
            only=SQL("TRUE")
            if contract_ids is None
            else SQL("owner.id IN %s", tuple(contract_ids)),
            until=SQL("TRUE") if day is None else SQL("item.date <= %s", day),
        )

    @api.model
    def _is_order_discount(self, line):
        """Return the SQL that says of order lines what ``_is_discount_line`` says of one.

        Another module adds the discounts it makes.
        """
        # sudo: the reader's rules decide which contracts he sees, not what is a discount
        companies = (
            self.env["res.company"].sudo().search([("sale_discount_product_id", "!=", False)])
        )
        return SQL("%s.product_id = ANY(%s)", line, companies.sale_discount_product_id.ids)
