// SPDX-License-Identifier: LGPL-3.0-or-later
import { registry } from "@web/core/registry";

/** A customer on a phone opens a contract, reports a broken tile with a photo, sees its status. */
registry.category("web_tour.tours").add("aftersales_report_online", {
    steps: () => [
        {
            content: "Open the contracts from the start page",
            trigger: "a[href='/my/service-contracts']:visible",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "td a[href^='/my/service-contracts/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What is left stands on the page of the contract",
            trigger: "section[name='left']:contains('0 of 3 replacements used')",
        },
        {
            trigger: "a.btn-primary[href^='/my/claims/new']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Choose what broke",
            trigger: "label:contains('Boiler')",
            run: "click",
        },
        {
            trigger: "textarea[name='description']",
            run: "edit A corner broke off.",
        },
        {
            content: "Take a photo",
            trigger: "input[name='photos']",
            async run() {
                const canvas = Object.assign(document.createElement("canvas"), { width: 9, height: 9 });
                const photo = await new Promise((done) => canvas.toBlob(done, "image/png"));
                const files = new DataTransfer();
                files.items.add(new File([photo], "corner.png", { type: "image/png" }));
                this.anchor.files = files.files;
            },
        },
        {
            trigger: "button[name='send']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It has arrived, and is being examined",
            trigger: ".alert-success:contains('we have received your report')",
        },
        {
            trigger: "[aria-current='step']:contains('Examined')",
        },
        {
            trigger: "div[name='photos'] img",
        },
    ],
});
