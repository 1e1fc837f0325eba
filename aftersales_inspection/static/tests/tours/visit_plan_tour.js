// SPDX-License-Identifier: AGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A salesperson confirms an order with a plan and sees its visits on the calendar. */
registry.category("web_tour.tours").add("aftersales_plan_visits", {
    steps: () => [
        {
            trigger: "button[name='action_confirm']",
            run: "click",
        },
        {
            content: "The order leads to its visits",
            trigger: "button[name='action_open_aftersales_visits']:contains('4')",
            run: "click",
        },
        {
            content: "The calendar opens where the first one stands",
            trigger: ".o_calendar_renderer .fc-event:contains('Casa Verde · Springfield')",
            run: "click",
        },
        {
            trigger: ".o_cw_popover:contains('T-GOLD visit 1'):contains('1 Elm Street')",
        },
        {
            trigger: ".o_cw_popover:contains('Tess'):contains('+1 555 0100')",
        },
    ],
});
