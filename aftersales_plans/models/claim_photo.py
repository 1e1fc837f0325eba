# SPDX-License-Identifier: LGPL-3.0-or-later
import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..calc.picture import MEGAPIXELS, fits, picture_type

PHOTOS = 10  # of one report
KEPT = 50  # of one login in reports that were not sent to the end; gone after a day
MEGABYTES = 10  # of one photo
NAME_LENGTH = 60


class AftersalesClaim(models.Model):
    """Photos customers send with a report: pictures by their bytes, whatever they call themselves.

    Photos of a report that is not complete yet are kept for a day, so that a mistake in the form
    loses none. They belong to the claim then; a customer sees them through a page that checks it.
    """

    _inherit = "aftersales.claim"
    _guarded = frozenset({"photo_ids"})

    photo_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_claim_photo_rel",
        "claim_id",
        "attachment_id",
        string="Photos",
        readonly=True,
        copy=False,
        help="Sent by the customer with the report.",
    )

    @api.model
    def _keep_photo(self, user, key, name, content):
        """Keep a photo until the report named ``key`` is complete.

        :return: why it cannot be kept, in words; else nothing
        """
        if len(self._kept_photos(user, key)) >= PHOTOS:
            return self.env._("%(name)s: send up to %(count)s photos.", name=name, count=PHOTOS)
        if self.env["ir.attachment"].search_count(self._kept_of(user), limit=KEPT) >= KEPT:
            return self.env._(
                "%(name)s: you began many reports with photos. Send them to the end, or wait a "
                "day, before you add more photos.",
                name=name,
            )
        if len(content) > MEGABYTES * 1024 * 1024:
            return self.env._(
                "%(name)s is too big: a photo may have up to %(size)s MB.",
                name=name,
                size=MEGABYTES,
            )
        kind = picture_type(content)
        if not kind:
            return self.env._("%s is no photo: send JPEG, PNG, WebP, GIF or HEIC.", name)
        if not fits(content):
            return self.env._(
                "%(name)s has too many dots: a photo may have up to %(count)s megapixels.",
                name=name,
                count=MEGAPIXELS,
            )
        mimetype, ending = kind
        stem = re.sub(r"[^\w .()-]+", "_", name.rsplit(".", 1)[0]).strip() or "photo"
        self.env["ir.attachment"].create(
            {
                "name": f"{stem[:NAME_LENGTH]}.{ending}",
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "description": self._mark_of(user, key),
            }
        )
        return ""

    @api.model
    def _mark_of(self, user, key):
        return f"report {user.id} {key}"

    @api.model
    def _kept_photos(self, user, key):
        """Return the photos kept for the report named ``key``, the earliest first."""
        mark = Domain("description", "=", self._mark_of(user, key))
        return self.env["ir.attachment"].search(self._kept_of(user) & mark, order="id")

    @api.model
    def _kept_of(self, user):
        return (
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", (False, 0))
            & Domain("create_uid", "=", user.id)
            & Domain("description", "=like", f"{self._mark_of(user, '')}%")
        )

    def _photos_online(self):
        """Return the photos, the first one first."""
        return self.photo_ids.sorted("id")

    def _add_photos(self, photos):
        """Let kept photos belong to this claim."""
        self.ensure_one()
        photos.write({"res_id": self.id, "description": False})
        self.photo_ids = photos

    @api.autovacuum
    def _gc_kept_photos(self):
        """Throw away the photos of reports nobody completed within a day."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.env["ir.attachment"].sudo().search(  # nobody's
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", (False, 0))
            & Domain("description", "=like", "report %")
            & Domain("create_date", "<", yesterday)
        ).unlink()
