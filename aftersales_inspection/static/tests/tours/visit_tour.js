// SPDX-License-Identifier: AGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A technician opens a visit from the calendar, concludes and completes it. */
registry.category("web_tour.tours").add("aftersales_complete_visit", {
    steps: () => [
        {
            content: "The visit stands on the calendar",
            trigger: ".o_calendar_renderer .fc-event:contains('T-GOLD visit 1')",
            run: "click",
        },
        {
            content: "Open it from its card",
            trigger: ".o_cw_popover .o_cw_popover_edit",
            run: "click",
        },
        {
            content: "Start it",
            trigger: "button[name='action_start']",
            run: "click",
        },
        {
            content: "Completing without a conclusion is refused in words",
            trigger: "button[name='action_complete']",
            run: "click",
        },
        {
            trigger: ".o_dialog:contains('without a conclusion') .btn-primary",
            run: "click",
        },
        {
            content: "Conclude",
            trigger: "div[name='conclusion'] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Everything in order')",
            run: "click",
        },
        {
            trigger: "button[name='action_complete']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains('Completed')",
        },
    ],
});
