// SPDX-License-Identifier: AGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A technician makes a visit with a phone: start, answer, report, sign off, complete. */
registry.category("web_tour.tours").add("aftersales_visit_on_the_phone", {
    steps: () => [
        {
            content: "The visit is the first of mine",
            trigger: ".o_kanban_record:contains('T-GOLD visit 1')",
            run: "click",
        },
        {
            trigger: "button[name='action_start']",
            run: "click",
        },
        {
            content: "One tap answers",
            trigger: ".o_aftersales_check:contains('Burner') button:contains('Not OK')",
            run: "click",
        },
        {
            content: "Comma and point are the same",
            trigger: ".o_aftersales_check:contains('Pressure') input",
            run: "edit 3,5 && press Tab",
        },
        {
            trigger: ".o_aftersales_check:contains('Pressure'):contains('Out of limits: 1.5 – 3 bar')",
        },
        {
            trigger: ".o_aftersales_check:contains('Hours') input",
            run: "edit 120 && press Tab",
        },
        {
            content: "What failed becomes a finding",
            trigger: ".o_aftersales_check:contains('Burner') .o_aftersales_report",
            run: "click",
        },
        {
            trigger: ".o_dialog .o_field_widget[name='goods']:contains('Boiler')",
        },
        {
            trigger: ".o_dialog .o_form_button_save, .o_dialog button:contains('Save')",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_dialog)) div[name='findings']:contains('Burner is clean')",
        },
        {
            content: "Not everything is in order",
            trigger: "div[name='conclusion'] .o_radio_item:contains('Everything in order') input",
            run: "click",
        },
        {
            trigger: "button[name='action_complete']",
            run: "click",
        },
        {
            content: "The form says what failed, and keeps everything",
            trigger: ".o_dialog:contains('Boiler: Pressure') .btn-primary",
            run: "click",
        },
        {
            trigger: "div[name='conclusion'] .o_radio_item:contains('with remarks') input",
            run: "click",
        },
        {
            trigger: "button[name='action_complete']",
            run: "click",
        },
        {
            trigger: "div[name='outcome']:contains('Done')",
        },
    ],
});

/** Nobody is there: the visit ends without a conclusion. */
registry.category("web_tour.tours").add("aftersales_visit_no_access", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('T-GOLD visit 1')",
            run: "click",
        },
        {
            trigger: "button:contains('Could Not Inspect')",
            run: "click",
        },
        {
            trigger: ".o_dialog div[name='note'] input",
            run: "edit Rang twice",
        },
        {
            trigger: ".o_dialog button[name='action_confirm']",
            run: "click",
        },
        {
            content: "The dialog, which names it too, is closed",
            trigger: "body:not(:has(.o_dialog)) div[name='outcome']:contains('No access')",
        },
    ],
});
