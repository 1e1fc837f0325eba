# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rooms of a visit, in the order of its life; docs/architecture.md says what each one owns.

A visit is one ``fsm.order``, and each file that extends it keeps one concern: it may write its own
fields, call the methods of others, and extend ``_on_completed``, ``_on_reopened``,
``_on_cancelled`` and ``_on_closed`` of ``visit_stage`` with ``super()``; nothing else watches a
stage. Where one method has several extensions, what is imported later runs later.
"""

# What is promised, to whom, by when
from . import terms
from . import price_factor
from . import entitlement
from . import contract
from . import contract_print

# What is asked and found
from . import question
from . import checklist
from . import visit_note
from . import check
from . import finding
from . import claim

# Entering, placing and moving visits: the planner
from . import visit_planner
from . import visit_leveller
from . import visit_follow
from . import visit_log

# What Field Service has: places, technicians, teams, types
from . import fsm_location
from . import fsm_person
from . import fsm_team
from . import fsm_order_type

# The visit itself: what it is, how it is made and ends, when it is
from . import visit_rights
from . import visit
from . import visit_on_site
from . import visit_signature
from . import visit_stage
from . import visit_completion
from . import visit_slot
from . import visit_carry
from . import visit_mail
from . import inspection_report
from . import asset
from . import reading
from . import obligation
from . import claim_online
from . import claim_specialist
from . import res_company
from . import res_config_settings

# The date, agreed with the customer
from . import visit_appointment
from . import visit_invitation
from . import visit_offer
from . import visit_answer
from . import visit_reminder
from . import visit_silence

# What customers read online
from . import visit_online
from . import contract_online
from . import asset_online

# Visits that are sold by themselves
from . import visit_sale
from . import product_product
from . import product_template
from . import sale_order
from . import sale_order_line

# Lists and reports
from . import visit_desk
from . import visit_day
from . import visit_report
from . import technician_load
from . import finding_report
from . import product_category

# Goods: van, parts, gifts, what is fitted on the spot
from . import stock_move
from . import visit_van
from . import visit_transfer
from . import visit_part
from . import visit_part_excess
from . import visit_part_issue
from . import visit_gift
from . import visit_replacement
from . import visit_labour
from . import profit
from . import claim_fitted

# What visits charge
from . import visit_extra
from . import visit_charge
from . import visit_hours
from . import visit_charge_analytic
from . import visit_charge_told
from . import fitted_sale

# Our own unsold stock
from . import stock_check
from . import stock_check_plan
from . import stock_finding

# What the overview shows
from . import tile

# Setting up
from . import set_up
from . import set_up_territory
from . import sample_data
from . import plan_tiers
from . import scope_reduction
from . import plan_cost

# What visits tell about customers
from . import customer
from . import customer_traces
from . import campaign

# What customers say of it
from . import visit_feedback

# What visits add to the forecast of parts and of work
from . import parts_forecast
from . import service_demand
