# SPDX-License-Identifier: LGPL-3.0-or-later
from . import payment, refer, referral_pages, reward_pages
