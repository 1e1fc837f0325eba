"""A plugin of pytest for `make neighbours`: what is not asked there must fail, for its reason."""

import pytest

from . import databases, neighbours

databases.TEST_TEMPLATE = neighbours.TEMPLATE  # of copies that tests make by themselves


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the failure of each listed test; one that passes fails, as its row is not true."""
    reasons = neighbours.not_asked()
    for item in items:
        if item.nodeid in reasons:
            item.add_marker(pytest.mark.xfail(reason=reasons[item.nodeid], strict=True))
