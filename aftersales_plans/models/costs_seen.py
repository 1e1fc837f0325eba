# SPDX-License-Identifier: LGPL-3.0-or-later
"""Who may know what our service costs us, and what is left of its price."""

SEES_COSTS = (
    "sales_team.group_sale_manager,aftersales_plans.group_manager,aftersales_plans.group_accountant"
)
