"""Every screen leads on: help where it is empty, something to search by, buttons that work."""

from ast import literal_eval

from lxml import etree

from odoo.tests import TransactionCase, tagged

ADDONS = ("aftersales_plans", "aftersales_inspection", "aftersales_referral")
#: One form each: nothing to list, so nothing to search and never empty.
FORMS_ALONE = {"res.config.settings"}


@tagged("post_install", "-at_install")
class TestScreens(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.actions = cls._ours("ir.actions.act_window").filtered(
            lambda action: action.target != "new" and action.res_model not in FORMS_ALONE
        )

    @classmethod
    def _ours(cls, model):
        found = cls.env["ir.model.data"].search([("model", "=", model), ("module", "in", ADDONS)])
        return cls.env[model].with_context(active_test=False).browse(found.mapped("res_id"))

    def test_every_list_says_what_to_do_when_it_is_empty(self):
        self.assertGreater(len(self.actions), 40)
        for action in self.actions:
            with self.subTest(action.name):
                words = etree.fromstring(f"<div>{action.help}</div>").xpath("//p")
                self.assertGreaterEqual(len(words), 2, "Say what it is and what to do next.")

    def test_every_list_can_be_searched(self):
        View = self.env["ir.ui.view"]
        for action in self.actions:
            with self.subTest(action.name):
                search = action.search_view_id or View.search(
                    [("model", "=", action.res_model), ("type", "=", "search")], limit=1
                )
                self.assertTrue(search)
                self.assertTrue(etree.fromstring(search.get_combined_arch()).xpath("//field"))

    def test_whatever_a_list_is_grouped_by_can_be_grouped_by(self):
        """A column that is only computed is none the database groups by: a click would fail."""
        for action in self.actions:
            shown = [(action.search_view_id.id, "search")]
            model = self.env[action.res_model]
            search = etree.fromstring(model.get_views(shown)["views"]["search"]["arch"])
            for node in search.xpath("//filter[contains(@context, 'group_by')]"):
                group = literal_eval(node.get("context"))["group_by"].partition(":")[0]
                with self.subTest(f"{action.name}: {group}"):
                    self.assertTrue(model.fields_get([group])[group]["groupable"])

    def test_every_mode_has_a_view(self):
        generated = {"activity"}
        for action in self.actions:
            own = action.view_ids.mapped("view_mode")
            for mode in action.view_mode.split(","):
                with self.subTest(f"{action.name}: {mode}"):
                    found = self.env["ir.ui.view"].search_count(
                        [("model", "=", action.res_model), ("type", "=", mode)], limit=1
                    )
                    self.assertTrue(found or mode in generated)
                    self.assertTrue(not own or mode in own or found)

    def test_no_list_that_is_opened_by_itself_asks_for_a_parent(self):
        for action in self.actions.filtered(lambda action: "list" in action.view_mode):
            with self.subTest(action.name):
                lists = action.view_ids.filtered(lambda view: view.view_mode == "list").view_id
                shown = [(lists[:1].id, "list")]
                arch = self.env[action.res_model].get_views(shown)["views"]["list"]["arch"]
                asked = etree.fromstring(arch).xpath("/list/field/@column_invisible")
                self.assertFalse([condition for condition in asked if "parent." in condition])

    def test_no_menu_leads_where_its_people_may_not_go(self):
        guarded = self._ours("ir.ui.menu").filtered(
            lambda menu: menu.action and menu.action._fields.get("group_ids")
        )
        guarded = guarded.filtered(lambda menu: menu.action.group_ids)
        self.assertTrue(guarded)
        for menu in guarded:
            with self.subTest(menu.complete_name):
                above = menu
                while above.parent_id and not above.group_ids:
                    above = above.parent_id
                self.assertTrue(above.group_ids, "Everybody sees the menu, not all may open it.")
                for group in above.group_ids:
                    self.assertTrue(group.all_implied_ids & menu.action.group_ids, group.name)

    def test_every_button_calls_a_method_its_people_may_use(self):
        """A core group on a button guards where it leads; one of ours may use what it stands on."""
        buttons = 0
        for view in self.env["ir.ui.view"].union(*map(self._root, self._ours("ir.ui.view"))):
            if view.model not in self.env:
                continue
            for model, button in self._buttons(
                view.model, etree.fromstring(view.get_combined_arch())
            ):
                buttons += 1
                with self.subTest(f"{view.xml_id}: {button.get('name')}"):
                    method = getattr(self.env[model], button.get("name"), None)
                    self.assertTrue(callable(method))
                    groups = (button.get("groups") or "").split(",")
                    for group in groups:
                        if group.startswith(ADDONS) and model.startswith("aftersales."):
                            self.assertTrue(self._reads(group, model), group)
        self.assertGreater(buttons, 200)

    def _root(self, view):
        while view.inherit_id and view.mode != "primary":
            view = view.inherit_id
        return view

    def _buttons(self, model, node):
        """Yield (model, button) of an arch, through the lists and forms inside it."""
        for child in node:
            if not isinstance(child.tag, str):
                continue
            inner = model
            if child.tag == "field" and child.get("name") in self.env[model]._fields:
                inner = self.env[model]._fields[child.get("name")].comodel_name or model
            elif child.tag == "button" and child.get("type") == "object":
                yield model, child
            yield from self._buttons(inner, child)

    def _reads(self, group, model):
        """Tell whether members of ``group`` may read ``model``, by that or by being employees."""
        groups = self.env.ref(group).all_implied_ids | self.env.ref("base.group_user")
        return bool(
            self.env["ir.model.access"].search_count(
                [
                    ("model_id.model", "=", model),
                    ("perm_read", "=", True),
                    ("group_id", "in", [*groups.ids, False]),
                ],
                limit=1,
            )
        )
