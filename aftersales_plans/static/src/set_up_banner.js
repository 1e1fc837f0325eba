// SPDX-License-Identifier: LGPL-3.0-or-later
import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/** One line above a list or the overview while something is left to set up; plan managers see it and close it. */
class SetUpBanner extends Component {
    static template = "aftersales_plans.SetUpBanner";
    static props = {};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ done: 0, total: 0 });
        onWillStart(async () => {
            if (await user.hasGroup("aftersales_plans.group_manager")) {
                Object.assign(this.state, await this.ask("aftersales_set_up_progress"));
            }
        });
    }

    get sentence() {
        return _t("After-sales service: %(done)s of %(total)s steps are set up.", this.state);
    }

    ask(method) {
        return this.orm.silent.call("onboarding.onboarding", method, []);
    }

    open() {
        return this.action.doAction("aftersales_plans.set_up_action");
    }

    async close() {
        await this.ask("action_aftersales_close_set_up");
        this.state.total = 0;
    }
}

class SetUpListRenderer extends ListRenderer {
    static template = "aftersales_plans.SetUpListRenderer";
    static components = { ...ListRenderer.components, SetUpBanner };
}

class SetUpKanbanRenderer extends KanbanRenderer {
    static template = "aftersales_plans.SetUpKanbanRenderer";
    static components = { ...KanbanRenderer.components, SetUpBanner };
}

registry.category("views").add("aftersales_set_up_list", {
    ...listView,
    Renderer: SetUpListRenderer,
});
registry.category("views").add("aftersales_set_up_kanban", {
    ...kanbanView,
    Renderer: SetUpKanbanRenderer,
});
