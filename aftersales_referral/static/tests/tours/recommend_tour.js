// SPDX-License-Identifier: LGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A customer copies the link, tells of a neighbour and takes store credit from now on. */
registry.category("web_tour.tours").add("aftersales_recommend", {
    steps: () => [
        {
            trigger: ".o_aftersales_copy button:contains('Copy')",
            async run({ anchor }) {
                // Browsers without a window refuse the clipboard: what is given to it counts.
                const copied = [];
                navigator.clipboard.writeText = async (text) => copied.push(text);
                anchor.click();
                await new Promise((resolve) => setTimeout(resolve));
                if (!copied[0]?.includes("/refer/")) {
                    throw new Error(`Not the link was copied: ${copied}`);
                }
            },
        },
        {
            trigger: ".o_aftersales_copy button:contains('Copied')",
        },
        {
            trigger: "a:contains('Tell us about a neighbour')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "input[name='name']",
            run: "edit Nina New",
        },
        {
            trigger: "input[name='phone']",
            run: "edit 0499 88 77 66",
        },
        {
            trigger: "button:contains('Send')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Nobody is named who was not asked, and nothing typed is lost",
            trigger: ".invalid-feedback:contains('ask them first')",
        },
        {
            trigger: "input[name='name']:value('Nina New')",
        },
        {
            trigger: "input[name='consent']",
            run: "check",
        },
        {
            trigger: "button:contains('Send')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains('Thank you')",
        },
        {
            trigger: ".breadcrumb a:contains('Rewards')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#method_credit",
            run: "check",
        },
        {
            trigger: "button:contains('Save my choice')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains('noted your choice')",
        },
    ],
});
