# SPDX-License-Identifier: LGPL-3.0-or-later
# The rooms of this module. Order counts: a later class of a model overrides an earlier one.

# What several models share
from . import guarded
from . import append_only
from . import state_gate
from . import customer_page
from . import customer_traces
from . import quoting
from . import labour

# Plans: what is promised, and how tiers are found
from . import cause
from . import terms
from . import terms_conditions
from . import terms_renewal
from . import plan
from . import terms_kind
from . import plan_offer
from . import price_factor
from . import price_basis
from . import plan_pricing
from . import scope_reduction
from . import scope_usual

# Contracts: a plan as one customer bought it
from . import contract
from . import contract_sale
from . import contract_start
from . import contract_year
from . import contract_calendar
from . import contract_suspension
from . import suspension
from . import contract_end
from . import contract_refund
from . import contract_notice
from . import close_reason
from . import contract_opening
from . import contract_value
from . import contract_site
from . import contract_order
from . import contract_payment
from . import contract_print
from . import contract_online
from . import renewal_request
from . import renewal
from . import entitlement

# Assets: what customers have
from . import asset
from . import asset_delivery
from . import asset_return
from . import asset_life
from . import asset_manual
from . import asset_offer
from . import asset_passport
from . import asset_online
from . import reading
from . import backfill

# Claims: what broke, from the report to the end
from . import claim
from . import claim_line
from . import claim_online
from . import claim_intake
from . import claim_cover
from . import claim_owner
from . import claim_decision
from . import claim_approval
from . import claim_refusal
from . import claim_charge
from . import claim_cost
from . import claim_move
from . import claim_shipment
from . import claim_replacement
from . import claim_part
from . import claim_loan
from . import claim_end
from . import claim_join
from . import claim_response
from . import claim_labour
from . import claim_waiting
from . import claim_mail
from . import claim_failure
from . import contract_watch  # counts claims
from . import claim_question
from . import claim_report
from . import claim_photo

# Care: when and why we turn to customers
from . import customer_contact
from . import mail_mail
from . import followup
from . import feedback
from . import feedback_source
from . import feedback_request
from . import feedback_alert
from . import feedback_score
from . import feedback_ranking
from . import chart_renewal
from . import chart_cohort
from . import chart_new_customer
from . import followup_outcome
from . import followup_caller
from . import courtesy_call
from . import important_date
from . import dormant_cover
from . import customer
from . import customer_card
from . import customer_contact_source
from . import customer_contact_day
from . import retention
from . import retention_check
from . import customer_merge
from . import campaign
from . import campaign_line
from . import campaign_offer
from . import volume_deal
from . import volume_period

# What is owed, all kinds in one list
from . import obligation
from . import obligation_kinds

# What the overview shows
from . import tile
from . import tile_number

# Order lines that sell a plan, and what they cover
from . import sale_order
from . import sale_order_line
from . import plan_cover
from . import plan_price
from . import plan_line
from . import plan_goods
from . import plan_line_price
from . import price_told
from . import plan_warning
from . import plan_comparison
from . import plan_choice
from . import plan_online

# Hooks of core's models, and what leads from them to ours
from . import account_chart_template
from . import account_move
from . import account_move_line
from . import booking
from . import product_category
from . import product_template
from . import product_list_price
from . import res_company
from . import company_settings
from . import company_time
from . import res_config_settings
from . import res_partner
from . import stock_move
from . import stock_picking
from . import stock_rule
from . import smart_button

# Failures: how often goods fail
from . import failure
from . import failure_outlook
from . import failure_words
from . import failure_exposure
from . import failure_report
from . import failure_lot
from . import product_failure

# Parts: what failures will take, and whether it is there
from . import parts_forecast
from . import parts_use
from . import parts_in_use
from . import parts_forecast_run
from . import parts_outlook
from . import parts_stock
from . import parts_proposal
from . import parts_product
from . import service_demand

# What a term of a plan is expected to cost, really costs, and should cost
from . import plan_cost
from . import plan_covered
from . import plan_suggestion
from . import plan_real_cost
from . import product_suggestion

# Plan revenue over the term
from . import revenue_accounts
from . import product_revenue
from . import revenue
from . import revenue_facts
from . import revenue_entry
from . import revenue_taken_back
from . import deferred_revenue

# What contracts earn and cost
from . import contract_goods
from . import order_discount
from . import profit
from . import profit_source
from . import contract_profit
from . import pricing_report

# Setting up
from . import set_up
from . import set_up_proposal
from . import sample_data
from . import sample_removal
from . import plan_tiers
from . import onboarding

# Renewals: what they cost, when they are offered, what follows; over all of the above
from . import renewal_offer
from . import renewal_discount
from . import renewal_choice
from . import renewal_leave
from . import renewal_run
from . import renewal_start
from . import renewal_mail
from . import renewal_consent
from . import renewal_auto
from . import renewed_by_itself
from . import renewal_online
from . import contract_call
from . import renewal_desk
from . import renewal_quotation
from . import plan_renewal

# Less for less money, and prices somebody has to agree to; over renewals, which have their own
from . import plan_scope
from . import plan_discount
from . import plan_discount_told
from . import plan_approval
from . import plan_approval_gate
from . import plan_approval_hold
from . import plan_approval_follow
from . import plan_approval_renewal
