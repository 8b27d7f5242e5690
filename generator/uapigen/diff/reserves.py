# SPDX-License-Identifier: BSD-3-Clause
"""What a header keeps free, by the names of the members."""
from __future__ import annotations

from uapigen.members import fields, is_spare
from uapigen.model import Spec


def mark_reserves(spec: Spec) -> None:
    """Mark the members of a header that are kept free.

    Nothing in a header tells whether they had to be zero, so it is taken that
    they were ignored.  A spec says itself what is reserved.
    """
    if spec.status != "imported":
        return
    for struct in spec.structs.values():
        for fld in fields(struct):
            if fld.type is not None and not fld.reserved and is_spare(fld.name):
                fld.reserved = "ignored"
