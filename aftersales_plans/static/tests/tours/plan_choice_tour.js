// SPDX-License-Identifier: LGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A customer opens a quotation by its link, changes the plan, sees the new total and signs. */
registry.category("web_tour.tours").add("aftersales_choose_plan_online", {
    steps: () => [
        {
            content: "The plan on the quotation is marked; its total is the one to sign",
            trigger: "#service-plans article:contains('Gold'):contains('On this quotation')",
        },
        {
            trigger: ".o_portal_sale_sidebar h2:contains('1,100.00')",
        },
        {
            content: "What the other one costs in all is said before",
            trigger: "#service-plans article:contains('Silver'):contains('750.00')",
        },
        {
            content: "Choose it",
            trigger: "#service-plans article:contains('Silver') button:contains('Choose')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#service-plans .alert-success:contains('The plan is on your quotation')",
        },
        {
            trigger: "#service-plans article:contains('Silver'):contains('On this quotation')",
        },
        {
            trigger: ".o_portal_sale_sidebar h2:contains('750.00')",
        },
        {
            content: "Sign",
            trigger: "#sale_order_sidebar_button a:contains('Sign')",
            run: "click",
        },
        {
            content: "The new total is what is signed",
            trigger: "#modalaccept b[data-id='total_amount']:contains('750.00')",
        },
        {
            trigger: ".modal .o_web_sign_name_and_signature input",
            run: "edit Casa Verde",
        },
        {
            trigger: ".modal canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            trigger: ".modal .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#quote_content:contains('Your order has been confirmed')",
        },
        {
            content: "What was sold stays named, and nothing can be chosen any more",
            trigger: "#service-plans:contains('Your service plan'):not(:has(button))",
        },
    ],
});
