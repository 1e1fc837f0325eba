// SPDX-License-Identifier: LGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A plan manager opens the overview, clicks a number and sees the list behind it. */
registry.category("web_tour.tours").add("aftersales_overview", {
    steps: () => [
        {
            content: "The numbers stand under headings",
            trigger: ".o_kanban_group .o_column_title:contains('Contracts')",
        },
        {
            content: "Open the claims nobody looks after; one is there",
            trigger:
                ".o_kanban_record a[name='action_open']:contains(\"New Claims, Nobody's\"):contains('1')",
            run: "click",
        },
        {
            content: "The list shows that claim",
            trigger: ".o_list_view .o_data_row:contains('Casa Verde')",
        },
        {
            trigger: ".o_last_breadcrumb_item:contains(\"New Claims, Nobody's\")",
        },
        {
            content: "And back",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            trigger: ".o_kanban_group .o_column_title:contains('Claims')",
        },
    ],
});
