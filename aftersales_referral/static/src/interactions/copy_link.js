// SPDX-License-Identifier: LGPL-3.0-or-later
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const SAID_MS = 2000;

/** Copies the link beside a button; where the browser forbids that, the link is marked to copy. */
export class CopyLink extends Interaction {
    static selector = ".o_aftersales_copy";
    dynamicContent = {
        button: { "t-on-click": this.copy },
    };

    async copy() {
        const field = this.el.querySelector("input");
        field.select();
        try {
            await this.waitFor(navigator.clipboard.writeText(field.value));
        } catch {
            return; // no secure connection, or not allowed: the link is marked
        }
        const button = this.el.querySelector("button");
        const label = button.textContent;
        button.textContent = _t("Copied");
        button.disabled = true;
        this.waitForTimeout(() => {
            button.textContent = label;
            button.disabled = false;
        }, SAID_MS);
    }
}

registry.category("public.interactions").add("aftersales_referral.copy_link", CopyLink);
