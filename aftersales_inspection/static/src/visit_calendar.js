import { registry } from "@web/core/registry";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { calendarView } from "@web/views/calendar/calendar_view";

/**
 * Visits on the calendar: called by customer and town, coloured by plan or as the search says, and
 * as long after a drag as before it.
 */
export class VisitCalendarModel extends CalendarModel {
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

    /** Hatched: the customer was asked and has not agreed. Struck through: over. */
    normalizeRecord(rawRecord) {
        const record = super.normalizeRecord(rawRecord);
        const where = [rawRecord.aftersales_partner_id?.[1], rawRecord.city];
        return {
            ...record,
            title: where.filter(Boolean).join(" · ") || record.title,
            isHatched: ["proposed", "change_asked"].includes(rawRecord.appointment_state),
            isStriked: rawRecord.is_closed,
        };
    }
}

registry
    .category("views")
    .add("aftersales_visit_calendar", { ...calendarView, Model: VisitCalendarModel });
