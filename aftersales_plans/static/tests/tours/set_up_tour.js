// SPDX-License-Identifier: LGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A plan manager of a new company makes the three tiers from the guide. */
registry.category("web_tour.tours").add("aftersales_set_up_tiers", {
    steps: () => [
        {
            content: "The banner above the contracts leads to the guide",
            trigger: ".o_aftersales_set_up button.btn-primary",
            run: "click",
        },
        {
            content: "One click makes the tiers",
            trigger: ".o_kanban_record button:contains('Create VIP, GOLD and STANDARD')",
            run: "click",
        },
        {
            content: "Their products are shown, for prices to be set",
            trigger: ".o_data_row:contains('STANDARD after-sales plan')",
        },
        {
            trigger: ".breadcrumb-item:contains('Set-Up Guide') a, .o_back_button a",
            run: "click",
        },
        {
            content: "The first step is done, the prices are next",
            trigger: ".o_kanban_record:contains('Plans') .fa-check-circle",
        },
        {
            trigger: ".o_kanban_record:contains('is sold for nothing')",
        },
    ],
});
