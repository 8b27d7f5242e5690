# SPDX-License-Identifier: BSD-3-Clause
"""Proves a built model sound: runs every check, whatever the others found."""
from __future__ import annotations

from uapigen.checks_commands import check_commands
from uapigen.checks_common import check_common
from uapigen.checks_headers import check_headers
from uapigen.checks_hw import check_hardware
from uapigen.checks_ledger import check_ledger, check_quirk_uses
from uapigen.checks_lists import check_lists
from uapigen.checks_mmap import check_mmap
from uapigen.checks_state import check_state
from uapigen.checks_types import check_types
from uapigen.checks_uses import check_uses
from uapigen.context import Context


def check_all(ctx: Context) -> None:
    """Run all checks; the order does not matter but for the last two."""
    check_types(ctx)
    check_hardware(ctx)
    check_state(ctx)
    check_commands(ctx)
    check_lists(ctx)
    check_mmap(ctx)
    check_headers(ctx)
    check_common(ctx)
    check_ledger(ctx)
    check_uses(ctx)
    check_quirk_uses(ctx)
