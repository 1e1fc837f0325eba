// SPDX-License-Identifier: LGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A service agent calls after a delivery; the customer is not satisfied, so there is a claim. */
registry.category("web_tour.tours").add("aftersales_followup", {
    steps: () => [
        {
            content: "What is mine and to do",
            trigger: ".o_searchview_facet:contains('Mine')",
        },
        {
            trigger: ".o_data_row td:contains('Is Casa Verde satisfied')",
            run: "click",
        },
        {
            content: "The number to call and the goods are there",
            trigger: "a[href='tel:+49301234']",
        },
        {
            trigger: "div[name='asset_ids'] .o_data_row:contains('Boiler')",
        },
        {
            trigger: "button[name='action_not_satisfied']",
            run: "click",
        },
        {
            trigger: ".modal div[name='description'] textarea",
            run: "edit It leaks.",
        },
        {
            content: "The goods are filled in",
            trigger: ".modal div[name='asset_ids'] .o_data_row:contains('Boiler')",
        },
        {
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            content: "The claim is open",
            trigger: "div[name='description'] textarea:value('It leaks.')",
        },
        {
            trigger: ".o_arrow_button_current:contains('New')",
        },
    ],
});
