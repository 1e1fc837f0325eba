// SPDX-License-Identifier: AGPL-3.0-or-later
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { calendarView } from "@web/views/calendar/calendar_view";

/**
 * Visits on the calendar: called by customer and town, coloured by plan or as the search says, and
 * as long after a drag as before it.
 */
export class VisitCalendarModel extends CalendarModel {
    setup(params, services) {
        super.setup(params, services);
        for (const [name, filter] of Object.entries(this.meta.filtersInfo)) {
            filter.label = this.meta.popoverFieldNodes[name].string;
        }
    }

    get defaultFilterLabel() {
        return _t("None");
    }

    async load(params = {}) {
        this.tierField ??= this.meta.fieldMapping.color;
        const color = (params.context || this.meta.context || {}).visit_colour || this.tierField;
        this.meta.fieldMapping = { ...this.meta.fieldMapping, color };
        return super.load(params);
    }

    /** A drag moves a visit; dropped on the row for whole days it keeps its time of day too. */
    buildRawRecord(partialRecord, options = {}) {
        const before = options.moved && this.records[partialRecord.id];
        if (!before) {
            return super.buildRawRecord(partialRecord, options);
        }
        const { hour, minute } = before.start;
        const start = partialRecord.isAllDay
            ? partialRecord.start.set({ hour, minute })
            : partialRecord.start;
        const end = start.plus(before.end.diff(before.start));
        return super.buildRawRecord({ ...partialRecord, start, end, isAllDay: false }, options);
    }

    /** Ticked: done. Struck through: over without. Hatched: the customer has not agreed yet. */
    normalizeRecord(rawRecord) {
        const record = super.normalizeRecord(rawRecord);
        const { aftersales_partner_id, appointment_state, city, is_closed, outcome } = rawRecord;
        const what = record.title.split(" · ")[0];
        const title = [aftersales_partner_id?.[1], city, what].filter(Boolean).join(" · ");
        const done = is_closed && outcome === "done";
        return {
            ...record,
            title: (done ? "✓ " : "") + title,
            isHatched: !is_closed && ["proposed", "change_asked"].includes(appointment_state),
            isStriked: is_closed && !done,
        };
    }
}

registry
    .category("views")
    .add("aftersales_visit_calendar", { ...calendarView, Model: VisitCalendarModel });
