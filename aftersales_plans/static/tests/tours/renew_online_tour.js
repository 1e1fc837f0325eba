// SPDX-License-Identifier: LGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A customer opens a renewal by the link of the mail, tries another plan, goes back and signs. */
registry.category("web_tour.tours").add("aftersales_renew_online", {
    steps: () => [
        {
            content: "The price that will count is struck through, with the deadline",
            trigger: "#renewal s:contains('1,260.00')",
        },
        {
            trigger: "#renewal:contains('1,134.00'):contains('until December 1, 2026')",
        },
        {
            content: "Try the other plan",
            trigger: "#service-plans article:contains('Silver') button:contains('Choose')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_portal_sale_sidebar h2:contains('250.00')",
        },
        {
            content: "The offer for the old one still stands beside it",
            trigger: "#service-plans article:contains('Gold') s:contains('1,260.00')",
        },
        {
            content: "Go back",
            trigger: "#service-plans article:contains('Gold') button:contains('Choose')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_portal_sale_sidebar h2:contains('1,134.00')",
        },
        {
            content: "Sign",
            trigger: "#sale_order_sidebar_button a:contains('Sign')",
            run: "click",
        },
        {
            trigger: "#modalaccept b[data-id='total_amount']:contains('1,134.00')",
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
            content: "What was signed is said, and nothing is to be decided any more",
            trigger: "#renewal:contains('January 1, 2027'):not(:has(s))",
        },
    ],
});
