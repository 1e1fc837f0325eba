"""Who may do what on whose records: one table, read by people and by the tests made from it.

A cell names the operations, C create, R read, W write and D delete, and whose records they reach:
all of the company, or after "own" the own ones alone; "R, CW own" reads all and makes and changes
its own. "–" is nothing. What stands in brackets is no right on the model, but a way that checks
who asks: a page with its link, or a button whose method writes as superuser. Records of another
company are closed to everybody, whatever the cell says.

*Own* is, for a technician, what belongs to a visit assigned to them; for a salesperson, what they
sold (of contracts: drafts); for who takes a call, what they enter themselves. Warehouse and billing
have no cell: they have no right on any of these, except where :data:`CORE` names one.
"""

ROLES = ("public", "portal", "technician", "agent", "salesperson", "manager", "accountant")
#: Have no right on anything of ours, and still their validate, payment and signature work.
OTHERS = ("warehouse", "billing")

TABLE = """
| Model                         | Public | Portal | Technician | Agent  | Salesperson | Manager | Accountant |
|-------------------------------|--------|--------|------------|--------|-------------|---------|------------|
| Plans                         |        |        |            |        |             |         |            |
| aftersales.plan               | – (page) | – (page) | R        | R      | R           | CRWD    | R          |
| aftersales.price.factor       | –      | –      | –          | R      | R           | CRWD    | R          |
| aftersales.scope.reduction    | –      | – (page) | R        | R      | R           | CRWD    | R          |
| aftersales.cause              | –      | – (page) | R        | R      | R           | CRWD    | R          |
| aftersales.close.reason       | –      | – (page) | –        | R      | R           | CRWD    | R          |
| Contracts                     |        |        |            |        |             |         |            |
| aftersales.contract           | –      | – (own pages) | R own | R    | R, CW own   | CRW     | R          |
| aftersales.suspension         | –      | –      | R own      | R      | R           | R (button) | R       |
| aftersales.entitlement        | –      | – (own pages) | R   | R      | R           | R (button) | R       |
| aftersales.entitlement.usage  | –      | – (own pages) | R   | R      | R           | R (button) | R       |
| aftersales.revenue            | –      | –      | –          | –      | –           | –       | R          |
| aftersales.campaign           | –      | –      | –          | –      | R           | CRWD    | R          |
| aftersales.campaign.line      | –      | –      | –          | –      | RW own      | CRWD    | R          |
| aftersales.volume.deal        | –      | –      | –          | –      | CRW own     | CRWD    | R          |
| aftersales.volume.period      | –      | –      | –          | –      | R own       | R       | R          |
| Goods                         |        |        |            |        |             |         |            |
| aftersales.asset              | –      | – (own pages) | RW own | CRW | R           | CRW     | R          |
| aftersales.reading            | –      | –      | CRW own    | CRW    | R           | CRWD    | R          |
| aftersales.backfill           | –      | –      | –          | –      | –           | R (button) | –       |
| Claims                        |        |        |            |        |             |         |            |
| aftersales.claim              | –      | – (own pages) | CRW own | CRW (approve within cover and limit) | CRW own | CRW (approve, overrule) | R |
| aftersales.claim.line         | –      | – (own pages) | CRWD own | CRWD | CRWD own  | CRWD    | R          |
| Customers                     |        |        |            |        |             |         |            |
| aftersales.customer           | –      | –      | –          | R      | R           | R       | –          |
| aftersales.followup           | –      | –      | –          | RW     | RW          | RW      | –          |
| aftersales.important.date     | –      | –      | –          | CRWD   | CRWD        | CRWD    | –          |
| aftersales.feedback           | – (link) | – (link) | R own  | R      | R own       | R       | –          |
| Visits                        |        |        |            |        |             |         |            |
| fsm.order                     | – (link) | – (own pages) | RW own | RW  | R           | CRWD    | –          |
| aftersales.check              | –      | –      | RW own     | RW     | R           | RW      | –          |
| aftersales.finding            | –      | –      | CRWD own   | CRWD   | R           | CRWD    | –          |
| aftersales.visit.part         | –      | –      | CRWD own   | CRWD   | R           | CRWD    | –          |
| aftersales.stock.check        | –      | –      | R          | R      | R           | R       | –          |
| aftersales.checklist          | –      | –      | R          | R      | R           | CRWD    | –          |
| aftersales.checklist.line     | –      | –      | R          | R      | R           | CRWD    | –          |
| Rewards                       |        |        |            |        |             |         |            |
| aftersales.referral           | – (form) | – (own pages) | –  | C own  | CRW own     | CRW (approve) | R    |
| aftersales.referral.code      | –      | – (own pages) | –   | R      | R           | R       | R          |
| aftersales.commission         | –      | – (own pages) | –   | –      | R own       | R       | R (adjust, approve) |
| aftersales.commission.evidence | –     | –      | –          | –      | R own       | R       | R          |
| aftersales.commission.opening | –      | –      | –          | –      | –           | –       | CRWD       |
| aftersales.payout             | –      | – (own pages) | –   | –      | –           | –       | CRW (post) |
| aftersales.payout.run         | –      | –      | –          | –      | –           | –       | CRW (post) |
| aftersales.payout.run.left    | –      | –      | –          | –      | –           | –       | R          |
| aftersales.payout.debt        | –      | –      | –          | –      | –           | –       | R          |
| aftersales.statement          | –      | – (own pages) | –   | –      | –           | CR      | CR         |
| Store credit                  |        |        |            |        |             |         |            |
| loyalty.card                  | –      | – (own pages) | –   | R      | R           | R       | R (button) |
| aftersales.credit.lot         | –      | – (own pages) | –   | R      | R           | R       | R (button) |
| aftersales.credit.movement    | –      | –      | –          | R      | R           | R       | R (button) |
| aftersales.credit.opening     | –      | –      | –          | –      | –           | –       | CRWD       |
| Checks and overviews          |        |        |            |        |             |         |            |
| aftersales.ledger.check       | –      | –      | –          | –      | –           | R       | R (button) |
| aftersales.ledger.check.line  | –      | –      | –          | –      | –           | R       | R          |
| aftersales.tile               | –      | –      | –          | R      | R           | RW      | R          |
| aftersales.parts.outlook      | –      | –      | –          | R      | –           | R       | –          |
| aftersales.parts.forecast     | –      | –      | –          | R      | –           | R       | –          |
| Reports                       |        |        |            |        |             |         |            |
| aftersales.obligation         | –      | –      | –          | R      | R           | R       | R          |
| aftersales.visit.report       | –      | –      | –          | R      | R           | R       | –          |
| aftersales.technician.load    | –      | –      | –          | R      | R           | R       | –          |
| aftersales.deferred.revenue   | –      | –      | –          | –      | –           | –       | R          |
| aftersales.profit             | –      | –      | –          | –      | –           | R       | R          |
| aftersales.renewal.chart      | –      | –      | –          | –      | R own       | R       | R          |
| aftersales.cohort.chart       | –      | –      | –          | –      | –           | R       | R          |
| aftersales.new.customer.chart | –      | –      | –          | –      | R own       | R       | –          |
| aftersales.feedback.ranking   | –      | –      | –          | –      | –           | R       | –          |
| aftersales.failure.report     | –      | –      | –          | R      | –           | R       | R          |
| aftersales.failure.lot        | –      | –      | –          | R      | –           | R       | R          |
| aftersales.service.demand     | –      | –      | –          | R      | –           | R       | –          |
| aftersales.reconciliation     | –      | –      | –          | –      | –           | R       | R          |
| aftersales.commission.aged    | –      | –      | –          | –      | –           | R       | R          |
| aftersales.year.statement     | –      | –      | –          | –      | –           | R       | R          |
"""  # noqa: E501

#: What core gives them itself: our rights neither add nor take.
CORE = {("loyalty.card", "billing"): ""}


def operations(cell):
    """Return {operation: "all" or "own"} of a cell; what it does not name is refused."""
    rights = {}
    for part in cell.split("(")[0].replace("–", "").split(","):
        letters, _space, scope = part.strip().partition(" ")
        rights.update(dict.fromkeys(letters, scope or "all"))
    if not rights.keys() <= set("CRWD") or not set(rights.values()) <= {"all", "own"}:
        raise ValueError(f"What does {cell!r} mean?")
    return rights


def matrix():
    """Return {model: {role: {operation: scope}}}, of those who have no right, too."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in TABLE.strip().splitlines()]
    return {
        model: {
            **{role: operations(cell) for role, cell in zip(ROLES, cells, strict=True)},
            **{role: operations(CORE.get((model, role), "")) for role in OTHERS},
        }
        for model, *cells in rows[2:]
        if any(cells)
    }
