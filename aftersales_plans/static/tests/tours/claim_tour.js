// SPDX-License-Identifier: LGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A service agent at the overview takes a call: customer, goods, cause, approve; the plan pays. */
registry.category("web_tour.tours").add("aftersales_claim_by_phone", {
    steps: () => [
        {
            content: "Claims of mine are one click away, a new one two",
            trigger: ".o_kanban_record a[name='action_open']:contains('My Claims to Settle')",
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Name the customer",
            trigger: "div[name='partner_id'] input",
            run: "edit Casa Verde",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Casa Verde')",
            run: "click",
        },
        {
            content: "Add what broke",
            trigger: "div[name='line_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: "div[name='line_ids'] div[name='asset_id'] input",
            run: "edit Boiler",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Boiler')",
            run: "click",
        },
        {
            content: "Say why",
            trigger: "div[name='line_ids'] div[name='cause_id'] input",
            run: "edit accident",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('accident')",
            run: "click",
        },
        {
            content: "The contract is found by itself, and its cover is shown",
            trigger: "div[name='cover_label']:contains('Yes, until')",
        },
        {
            trigger: "button[name='action_approve']",
            run: "click",
        },
        {
            content: "It is approved, and the plan pays",
            trigger: ".o_arrow_button_current:contains('Approved')",
        },
        {
            trigger: "div[name='line_ids'] .o_data_cell[name='billing_type']:contains('Plan')",
        },
        {
            trigger: "div[name='entitlement_label']:contains('1 of 3 used')",
        },
    ],
});
