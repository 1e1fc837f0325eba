// SPDX-License-Identifier: AGPL-3.0-or-later
import { rpcBus } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

const EVENT = ".o_calendar_renderer .fc-event:contains('Casa Verde')";

/** Resolve when the server has answered a write. */
function written() {
    return new Promise((resolve) => {
        rpcBus.addEventListener("RPC:RESPONSE", function answered({ detail }) {
            if (detail.data.params?.method === "write") {
                rpcBus.removeEventListener("RPC:RESPONSE", answered);
                resolve();
            }
        });
    });
}

function fire(type, target, x, y) {
    const place = { clientX: x, clientY: y, pageX: x, pageY: y };
    target.dispatchEvent(
        new MouseEvent(type, { bubbles: true, cancelable: true, button: 0, buttons: 1, ...place })
    );
}

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Take the event at its upper edge and let it go inside the column and, if given, the row. */
async function dragOnce(column, row = column) {
    document.querySelector(row).scrollIntoView({ block: "center" });
    await frame();
    const events = [...document.querySelectorAll(".fc-event")];
    const event = events.find((one) => one.textContent.includes("Casa Verde"));
    const from = event.getBoundingClientRect();
    const [x, y] = [from.left + from.width / 2, from.top + 3];
    const to = document.querySelector(column).getBoundingClientRect();
    const top = document.querySelector(row).getBoundingClientRect().top;
    const [toX, toY] = [to.left + to.width / 2, top + 3];
    fire("mousedown", event, x, y);
    for (let step = 1; step <= 10; step++) {
        fire("mousemove", document, x + ((toX - x) * step) / 10, y + ((toY - y) * step) / 10);
        await frame();
    }
    fire("mouseup", document, toX, toY);
}

/** Drag until it is saved: a calendar that draws itself anew meanwhile lets go of the event. */
async function drag(column, row) {
    let saved = false;
    const answer = written().then(() => (saved = true));
    for (let turn = 0; turn < 5 && !saved; turn++) {
        await dragOnce(column, row);
        await Promise.race([answer, later(4000)]);
    }
    await answer;
}

/** Return the ISO date `days` after that of the cell the event stands in. */
function dayAfter(event, days) {
    const day = new Date(event.closest("[data-date]").dataset.date + "T12:00:00Z");
    day.setUTCDate(day.getUTCDate() + days);
    return day.toISOString().slice(0, 10);
}

/** A dispatcher drags a visit one week down the month. */
registry.category("web_tour.tours").add("aftersales_drag_month", {
    steps: () => [
        {
            trigger: ".o_calendar_renderer .fc-dayGridMonth-view",
        },
        {
            trigger: EVENT,
            async run({ anchor }) {
                const day = dayAfter(anchor, 7);
                await drag(`.fc-daygrid-day[data-date='${day}']`);
            },
            timeout: 30000,
        },
        {
            trigger: EVENT,
        },
    ],
});

/** The same in the week: one day on and four hours later, then onto the row for whole days. */
registry.category("web_tour.tours").add("aftersales_drag_week", {
    steps: () => [
        {
            trigger: ".o_view_scale_selector .scale_button_selection",
            run: "click",
        },
        {
            trigger: ".o_scale_button_week",
            run: "click",
        },
        {
            trigger: `.fc-timeGridWeek-view ${EVENT.split(" ").slice(1).join(" ")}`,
            async run({ anchor }) {
                const day = dayAfter(anchor, 1);
                await drag(
                    `.fc-timegrid-col[data-date='${day}']`,
                    ".fc-timegrid-slot-lane[data-time='14:00:00']"
                );
            },
            timeout: 30000,
        },
        {
            trigger: `.fc-timeGridWeek-view ${EVENT.split(" ").slice(1).join(" ")}`,
            async run({ anchor }) {
                const day = dayAfter(anchor, 1);
                await drag(`.fc-daygrid-day[data-date='${day}']`);
            },
            timeout: 30000,
        },
        {
            content: "It stands at its time of day, not in the row for whole days",
            trigger: `.fc-timegrid-col ${EVENT.split(" ").slice(1).join(" ")}`,
        },
    ],
});
