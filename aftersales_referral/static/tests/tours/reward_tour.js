// SPDX-License-Identifier: LGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A salesperson names who brought the customer, sees what that costs, and confirms. */
registry.category("web_tour.tours").add("aftersales_refer_customer", {
    steps: () => [
        {
            trigger: "div[name='referrer_id'] input",
            run: "edit Rita Referrer",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Rita Referrer')",
            run: "click",
        },
        {
            content: "The reward is said before anything is saved",
            trigger: "div[name='referral_terms']:contains('15.00'):contains('VIP')",
        },
        {
            content: "So is what it costs, and what is left",
            trigger: "div[name='referral_margin']:contains('150.00'):contains('250.00'):contains('25.00')",
        },
        {
            trigger: "button[name='action_confirm']",
            run: "click",
        },
        {
            content: "It is an order now",
            trigger: ".o_arrow_button_current:contains('Sales Order')",
        },
        {
            trigger: "div[name='referral_margin']:contains('150.00')",
        },
    ],
});

/** A salesperson lets a referrer pay a part of an order with store credit. */
registry.category("web_tour.tours").add("aftersales_spend_credit", {
    steps: () => [
        {
            trigger: "button[name='action_open_reward_wizard']:enabled",
            run: "click",
        },
        {
            content: "The whole credit is taken, and no more",
            trigger: "div[name='order_line'] .o_data_row:contains('-100.00')",
        },
        {
            trigger: "button[name='action_confirm']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains('Sales Order')",
        },
    ],
});

/** An accountant goes from a referrer to the journal entry, and mails the statement. */
registry.category("web_tour.tours").add("aftersales_reward_statement", {
    steps: () => [
        {
            content: "The balance stands on the contact",
            trigger: "button[name='action_open_commissions']:contains('150.00')",
            run: "click",
        },
        {
            content: "The ledger shows each row and the balance after it",
            trigger: ".o_data_row:contains('Earned') td[name='balance']:contains('150.00')",
        },
        {
            content: "From the row to its journal entry",
            trigger: ".o_data_row button[name='action_open_entry']",
            run: "click",
        },
        {
            trigger: ".o_form_view:contains('Referral commissions')",
        },
        {
            content: "Back to the ledger",
            trigger: ".o_breadcrumb a:contains('Ledger')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Earned')",
        },
        {
            content: "Back to the contact",
            trigger: ".o_breadcrumb a:contains('Rita Referrer')",
            run: "click",
        },
        {
            trigger: "a[name='referral']",
            run: "click",
        },
        {
            trigger: "button[name='action_print_statement']",
            run: "click",
        },
        {
            content: "This year is proposed",
            trigger: ".modal .o_field_widget[name='referrer_ids']:contains('Rita Referrer')",
        },
        {
            trigger: ".modal button[name='action_send']",
            run: "click",
        },
        {
            content: "The mail carries the statement",
            trigger: ".modal .o_field_mail_composer_attachment_list:contains('Rewards')",
        },
        {
            trigger: ".modal .o_field_widget[name='subject'] input:value('Your rewards')",
        },
        {
            trigger: ".modal button[name='action_send_mail']",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
