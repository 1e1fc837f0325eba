# SPDX-License-Identifier: LGPL-3.0-or-later
import logging

from odoo import SUPERUSER_ID

_logger = logging.getLogger(__name__)


def reset_unchanged(env, xmlids):
    """Give mail templates the text of their new version, except where a company changed them.

    Mail templates are data that upgrades leave alone (``noupdate``). Installing and upgrading
    writes as superuser; who edits or translates one writes as oneself, and keeps what was written.
    The button *Reset Template* brings our text there, too: core's own way, which this takes.

    :return: the templates that were left as they are
    """
    found = env["mail.template"].browse()
    for xmlid in xmlids:
        found |= env.ref(xmlid, raise_if_not_found=False) or found  # deleted: nothing to bring back
    kept = found.filtered(lambda template: template.write_uid.id != SUPERUSER_ID)
    (found - kept).reset_template()
    for template in kept:
        _logger.info(
            "The mail template %r was changed here and keeps its text; "
            "“Reset Template” on it brings the new one.",
            template.name,
        )
    return kept
