"""Odoo as a script: with several processes it starts one by the name of the script it runs from.

`python -m odoo` names a file inside the package, which cannot be started that way.
"""

import sys

del sys.path[0]  # this folder, whose names are none of Odoo's concern

from odoo.cli.command import main  # noqa: E402

main()
