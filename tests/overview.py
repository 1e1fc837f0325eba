"""What must hold of every tile of the overview, whoever looks at it."""

import json

SECTIONS = {
    "salesperson": {"work", "contracts", "claims", "referrals"},
    "agent": {"work", "claims", "visits"},
    "manager": {"contracts", "claims", "visits", "referrals"},
    "accountant": {"contracts", "rewards"},
}


class OverviewChecks:
    """Compares numbers with the lists behind them; for a case with a told story."""

    def tiles(self, user):
        tiles = self.env["aftersales.tile"].with_user(user).sudo(False)
        return tiles.search([("is_shown", "=", True)])

    def check_nothing_hidden(self, seen, user):
        """See that ``user``, who may see all, misses only tiles about what nobody has yet."""
        missing = self.env["aftersales.tile"].search([("id", "not in", list(seen))])
        for tile in missing.with_user(user).sudo(False):
            self.assertTrue(tile._model().has_access("read"), tile.name)
            self.assertFalse(self.rows(tile, "action_open"), (tile.name, "nobody's tile"))

    def rows(self, tile, action):
        """Return what the list shows: with the domain, context and rights the client has."""
        # as the client gets and sends it
        opened = json.loads(json.dumps(getattr(tile, action)(), default=str))
        model = tile.env[opened["res_model"]].with_context(**opened["context"])
        return model.search(opened["domain"])

    def check_numbers(self, role, user):
        """Compare every tile ``user`` sees; return all of them, and those that count anything."""
        counted = seen = self.env["aftersales.tile"]
        for tile in self.tiles(user):
            rows = self.rows(tile, "action_open")
            self.assertEqual(tile.count, len(rows), (role, tile.name))
            late = self.rows(tile, "action_open_late") if tile.late_domain else rows[:0]
            self.assertEqual(tile.late_count, len(late), (role, tile.name))
            self.assertFalse(late - rows, (role, tile.name))
            self.check_amount(tile, rows, role)
            if tile.graph_field:
                self.rows(tile, "action_open_graph")
            seen += tile
            counted += tile if rows else seen[:0]
        return seen, counted

    def check_amount(self, tile, rows, role):
        """Compare a sum with the column it adds up; averages have their own tests."""
        if tile.measure and rows._fields[tile.measure].aggregator == "sum":
            self.assertAlmostEqual(tile.value, sum(rows.mapped(tile.measure)), 2, (role, tile.name))

    def check_definition(self, tile):
        """See that the chart of a tile opens what a graph can show."""
        fields = tile._model().fields_get(attributes=["groupable", "aggregator"])
        if tile.graph_field:
            self.assertTrue(fields[tile.graph_field.partition(":")[0]]["groupable"], tile.name)
        if tile.measure:
            self.assertTrue(fields[tile.measure].get("aggregator"), tile.name)
