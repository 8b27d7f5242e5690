# SPDX-License-Identifier: BSD-3-Clause
"""Builds the model from sections that were read."""
from __future__ import annotations

from typing import Any

from uapigen.build_commands import (build_check_lists, build_commands, build_file_ops, build_poll,
                                    build_regions, build_space, finish_commands,
                                    report_unused_locals)
from uapigen.build_common import build_common_device, build_operations
from uapigen.build_published import (build_externals, build_functions, build_ioctls, build_macros,
                                     contents, declare_typedefs, finish_typedefs)
from uapigen.build_state import (build_attributes, build_headers, build_ledger, build_limits,
                                 build_state, finish_attributes)
from uapigen.build_types import build_registers, build_structs, build_words
from uapigen.build_values import (build_constants, build_enums, build_flags, finish_enum_bodies,
                                  finish_values)
from uapigen.context import Context
from uapigen.model import Spec
from uapigen.reader import Rec


def build(ctx: Context, root: Rec, sections: dict[str, Any]) -> Spec:
    """Fill the context's spec; what is wrong goes to its sink.

    The order is that of dependence: names before what refers to them.
    """
    ctx.remember(ctx.spec, root)
    build_ledger(ctx, sections)
    build_externals(ctx, sections.get("external_types"))
    declare_typedefs(ctx, sections.get("typedefs"))
    build_constants(ctx, sections.get("constants"))
    build_ioctls(ctx, sections.get("ioctls"))
    build_macros(ctx, sections.get("macros"))
    build_functions(ctx, sections.get("functions"))
    build_flags(ctx, sections.get("flags"))
    build_enums(ctx, sections.get("enums"))
    build_words(ctx, sections.get("words"))
    build_registers(ctx, sections.get("registers"))
    finish_values(ctx)
    build_structs(ctx, sections.get("structs"))
    finish_enum_bodies(ctx, contents)
    finish_typedefs(ctx)
    build_state(ctx, sections)
    build_attributes(ctx, sections.get("attributes"))
    build_space(ctx, sections.get("numbers"))
    build_commands(ctx, sections.get("commands"))
    finish_attributes(ctx)
    finish_commands(ctx)
    build_check_lists(ctx, sections.get("check_lists"))
    build_regions(ctx, sections.get("mmap"))
    report_unused_locals(ctx)
    build_poll(ctx, sections.get("poll"))
    build_file_ops(ctx, sections.get("file_operations"))
    build_limits(ctx, sections.get("limits"))
    build_headers(ctx, sections.get("headers"))
    build_operations(ctx, sections)
    build_common_device(ctx, sections.get("common_device"))
    return ctx.spec
