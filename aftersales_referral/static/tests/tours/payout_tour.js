// SPDX-License-Identifier: LGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** An accountant prepares a run, changes an amount, leaves somebody out, posts the rest, and reads
 *  on the overview what can still be paid out. */
registry.category("web_tour.tours").add("aftersales_payout_run", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: "button[name='action_prepare']",
            run: "click",
        },
        {
            content: "The preview shows who is paid what",
            trigger: "div[name='total_amount']:contains('300.00')",
        },
        {
            trigger: ".o_data_row:contains('Rita Referrer') td[name='amount']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Rita Referrer') td[name='amount'] input",
            run: "edit 100",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The totals follow",
            trigger: "div[name='total_amount']:contains('250.00')",
        },
        {
            trigger: ".o_data_row:contains('Otto Other') button[name='action_leave_out']",
            run: "click",
        },
        {
            trigger: "div[name='total_amount']:contains('100.00')",
        },
        {
            trigger: "a[name='left_out']",
            run: "click",
        },
        {
            content: "Who was left out, and by whom",
            trigger: ".o_data_row:contains('Otto Other'):contains('Left out by ada')",
        },
        {
            trigger: "button[name='action_post']",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is done",
            trigger: ".o_arrow_button_current:contains('Done')",
        },
        {
            trigger: "a[name='payouts']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Rita Referrer'):contains('Posted')",
        },
        {
            content: "The overview knows at once",
            trigger: ".o_breadcrumb a:contains('Overview')",
            run: "click",
        },
        {
            trigger:
                ".o_kanban_record a[name='action_open']:contains('Available to Pay Out'):contains('200.00')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Rita Referrer'):contains('50.00')",
        },
    ],
});
