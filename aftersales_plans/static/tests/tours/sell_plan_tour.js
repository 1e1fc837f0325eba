// SPDX-License-Identifier: LGPL-3.0-or-later
import { registry } from "@web/core/registry";

function addProduct(name, row, price) {
    return [
        {
            content: `Add ${name}`,
            trigger: "a:contains('Add a product')",
            run: "click",
        },
        {
            trigger: `div[name='order_line'] .o_data_row:nth-child(${row}).o_selected_row`,
        },
        {
            trigger: ".o_selected_row div[name='product_template_id'] input",
            run: `edit ${name}`,
        },
        {
            trigger: `.o-autocomplete--dropdown-item:contains('${name}')`,
            run: "click",
        },
        {
            content: "Leave the line",
            trigger: "a[name='order_lines']",
            run: "click",
        },
        {
            content: "Its price is on the order",
            trigger: `div[name='order_line'] .o_data_row:nth-child(${row}):contains('${price}')`,
        },
    ];
}

/** A salesperson writes goods on a new quotation, adds a plan by two clicks, confirms, and finds
 *  the sale on the overview. */
registry.category("web_tour.tours").add("aftersales_sell_plan", {
    steps: () => [
        {
            content: "Name the customer",
            trigger: "div[name='partner_id'] input",
            run: "edit Casa Verde",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Casa Verde')",
            run: "click",
        },
        ...addProduct("Boiler", 1, "500.00"),
        {
            content: "First click: compare the plans",
            trigger: "button[name='action_offer_aftersales_plans']",
            run: "click",
        },
        {
            content: "The tiers stand side by side, with what they do not cover",
            trigger: ".modal .o_kanban_record:contains('Gold'):contains('Not covered')",
        },
        {
            content: "Second click: choose one",
            trigger: ".modal .o_kanban_record:contains('Gold') button[name='action_choose']",
            run: "click",
        },
        {
            content: "The plan is on the quotation, and the goods are covered by it",
            trigger: "div[name='order_line'] .o_data_row:nth-child(2):contains('600.00')",
        },
        {
            trigger:
                "div[name='order_line'] .o_data_row:nth-child(1) td[name='aftersales_plan_line_id']:contains('Gold')",
        },
        {
            trigger: "button[name='action_confirm']",
            run: "click",
        },
        {
            content: "The order has its contract",
            trigger: "button[name='action_open_aftersales_contracts']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains('Not started')",
        },
        {
            content: "What was sold stands on the overview, and leads to the contract",
            trigger: ".o_breadcrumb button:has(.oi-ellipsis-h)",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains('Overview')",
            run: "click",
        },
        {
            trigger:
                ".o_kanban_record a[name='action_open']:contains('I Sold this Month'):contains('600.00')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Casa Verde')",
        },
    ],
});
