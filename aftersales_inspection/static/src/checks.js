// SPDX-License-Identifier: AGPL-3.0-or-later
import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { isBinarySize } from "@web/core/utils/binary";
import { useService } from "@web/core/utils/hooks";
import { imageUrl } from "@web/core/utils/urls";
import { FileUploader } from "@web/views/fields/file_handler";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The checks of a visit, goods by goods, each answered with one tap on a phone.
 *
 * Answers are kept in the form and saved with it: no request per tap where the network is poor.
 * So it judges for the eye alone; what counts is judged on the server (calc/check.py).
 */
export class Checks extends Component {
    static template = "aftersales_inspection.Checks";
    static components = { FileUploader };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({ toggled: {} });
    }

    /** The goods in the order they were loaded, with their checks. */
    get groups() {
        const groups = new Map();
        for (const record of this.props.record.data[this.props.name].records) {
            const { asset_id, goods, goods_detail: detail } = record.data;
            const key = `${asset_id ? asset_id.id : 0} ${goods}`;
            if (!groups.has(key)) {
                groups.set(key, { key, name: goods || _t("The visit"), detail, records: [] });
            }
            groups.get(key).records.push(record);
        }
        let firstOpen = true;
        return [...groups.values()].map((group) => {
            const results = group.records.map((record) => this.judge(record.data));
            const isOpen = (record, index) => record.data.is_required && results[index] === "open";
            const missing = group.records.some(isOpen);
            const unfolded = firstOpen && missing;
            firstOpen = firstOpen && !missing;
            return {
                ...group,
                missing,
                answered: results.filter((result) => result !== "open").length,
                failed: results.includes("failed"),
                open: this.state.toggled[group.key] ?? (unfolded || groups.size === 1),
            };
        });
    }

    /** Keep goods as they are on the screen: answering the last check must not fold them. */
    toggle(group) {
        this.state.toggled[group.key] = !group.open;
    }

    judge(check) {
        if (check.kind === "measure") {
            const { number } = check;
            const low = check.has_minimum && number < check.minimum;
            const high = check.has_maximum && number > check.maximum;
            return check.is_answered ? (low || high ? "failed" : "passed") : "open";
        }
        if (check.kind === "ok") {
            return { ok: "passed", not_ok: "failed" }[check.verdict] || "open";
        }
        return check.kind === "text" ? this.given(check.text) : this.given(check.photo);
    }

    given(value) {
        return value ? "passed" : "open";
    }

    async answer(group, record, changes) {
        this.state.toggled[group.key] = true;
        await record.update(changes);
    }

    /** A second tap takes the answer back. */
    async tap(group, record, verdict) {
        const again = record.data.verdict === verdict;
        await this.answer(group, record, { verdict: again ? false : verdict });
    }

    shown(check) {
        return check.is_answered ? String(check.number) : "";
    }

    /**
     * Point and comma both begin the decimals: which one a phone's keypad offers is not the
     * user's choice, and 4,5 bar must not become 45.
     */
    async measure(group, record, ev) {
        const typed = ev.target.value.replace(/\s/g, "");
        if (!/^(-?(\d+[.,]?\d*|[.,]\d+))?$/.test(typed)) {
            this.notification.add(_t("“%s” is not a number.", typed), { type: "danger" });
            ev.target.value = this.shown(record.data);
            return;
        }
        const number = Number(typed.replace(",", "."));
        await this.answer(group, record, { number, is_answered: Boolean(typed) });
        ev.target.value = this.shown(record.data);
    }

    photoUrl(record) {
        const { photo } = record.data;
        return isBinarySize(photo)
            ? imageUrl("aftersales.check", record.resId, "photo", { unique: photo })
            : `data:image/*;base64,${photo}`;
    }

    async reportFinding(record) {
        if (!(await this.props.record.save())) {
            return;
        }
        const action = await this.orm.call("aftersales.check", "action_report_finding", [
            [record.resId],
        ]);
        await this.action.doAction(action, { onClose: () => this.props.record.load() });
    }
}

registry.category("fields").add("aftersales_checks", {
    component: Checks,
    displayName: _t("Checks of a visit"),
    supportedTypes: ["one2many"],
    useSubView: true,
    extractProps: (fieldInfo, dynamicInfo) => ({ readonly: dynamicInfo.readonly }),
});
