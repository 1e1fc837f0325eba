# The rooms of this module. Order counts: a later class of a model overrides an earlier one.

# What several models share
from . import guarded
from . import append_only
from . import state_gate
from . import customer_page

# Plans: what is promised, and how tiers are found
from . import cause
from . import terms
from . import terms_conditions
from . import plan
from . import plan_offer

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
from . import claim_waiting
from . import claim_mail
from . import claim_failure
from . import contract_watch  # counts claims
from . import claim_question
from . import claim_report
from . import claim_photo

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
from . import plan_comparison
from . import plan_choice
from . import plan_online

# Hooks of core's models, and what leads from them to ours
from . import account_chart_template
from . import product_category
from . import product_template
from . import res_company
from . import company_time
from . import res_config_settings
from . import res_partner
from . import stock_move
from . import stock_picking
from . import stock_rule
from . import smart_button

# Setting up
from . import set_up
from . import plan_tiers
from . import onboarding
