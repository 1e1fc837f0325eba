// SPDX-License-Identifier: LGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A warehouse worker, who has no right on contracts, ships goods that were sold with a plan. */
registry.category("web_tour.tours").add("aftersales_deliver", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('Boiler')",
        },
        {
            trigger: "button[name='button_validate']:enabled:visible",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains('Done')",
        },
    ],
});
