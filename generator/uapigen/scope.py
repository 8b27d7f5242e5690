# SPDX-License-Identifier: BSD-3-Clause
"""What the names in a condition or a test input mean."""
from __future__ import annotations

from typing import Optional, Union

from uapigen.context import Context
from uapigen.diagnostics import suggest
from uapigen.exprtype import Place, find_constant, is_excused
from uapigen.model import Command, Field, Name, Spec, Struct, TypeRef
from uapigen.types import SCALARS

Local = Union[str, TypeRef]  # "int", "bool" or a struct type
_OBJECTS = ("fd", "ctxt", "dev")
BUFFERS = ("scratch", "list", "readonly", "unmapped")


def members(struct: Struct) -> list[Field]:
    """Return the members of a record, those of anonymous records included."""
    out: list[Field] = []
    for item in struct.fields:
        if item.inner is not None and not item.name:
            out += members(item.inner)
        else:
            out.append(item)
    return out


def named(parts: tuple[str, ...], kind: str, ref: Optional[TypeRef]) -> Name:
    """Return a Name of a value of type `ref`; an array has minus its length as index."""
    if ref is None or ref.kind in ("struct", "union"):
        return Name(parts, kind, "struct")
    bits, signed = (32, False) if ref.kind == "enum" else SCALARS[ref.base]
    index = None
    if ref.dims:
        index = -(ref.dims[0] or 0) if len(ref.dims) == 1 else None
    return Name(parts, kind, "int", None, index, bits, signed)


class Scope:
    """Names inside the checks of a command or of a check list.

    `flows` are the members of the argument (or the result) that may be read.
    """

    def __init__(self, ctx: Context, *, command: Optional[Command] = None,
                 locals_: Optional[dict[str, Local]] = None) -> None:
        self.ctx = ctx
        self.command = command
        self.locals = locals_ or {}
        self.locals_used: set[str] = set()
        self.arg_ready = False  # after copy-in
        self.result = False  # `out` has a meaning
        self.partial = False  # the locals are not all known: say nothing about names
        self.test_input = False  # baseline and violate: what a test program knows

    def find(self, parts: tuple[str, ...], place: Place) -> Optional[Name]:
        """Return what a name means, or None after reporting that it means nothing."""
        head = parts[0]
        if head in self.locals:
            return self.local(parts, place)
        if head in _OBJECTS and len(parts) == 2:
            return self.attribute(parts, place)
        if head == "cap" and len(parts) == 3:
            return self.capability(parts, place)
        if head in ("arg", "out") and self.command is not None:
            return self.flow(parts, place)
        if self.test_input and head in BUFFERS and len(parts) == 1:
            return Name(parts, "buffer")
        if len(parts) == 1:
            return self.plain(head, place)
        reported = observed(self.ctx, parts, place)
        if reported is not None:
            return reported[0]
        self.unknown(parts, place)
        return None

    def local(self, parts: tuple[str, ...], place: Place) -> Optional[Name]:
        """Return a local of the check list, or a member of one."""
        self.locals_used.add(parts[0])
        kind = self.locals[parts[0]]
        if isinstance(kind, TypeRef):
            return record(self.ctx, parts, "struct", kind, place)
        if len(parts) > 1:
            place.error("E0302", f"`{parts[0]}` is {kind} and has no members")
            return None
        return Name(parts, "local", kind)

    def attribute(self, parts: tuple[str, ...], place: Place) -> Optional[Name]:
        """Return an attribute; fd.state is always there."""
        key = ".".join(parts)
        self.ctx.used.add(("attribute", key))
        known = self.ctx.spec.attributes
        if key == "fd.state":
            if self.test_input:
                place.error("E0310", "a test input cannot depend on fd.state")
                return None
            return Name(parts, "attr", "state")
        if key in known:
            item = known[key]
            rec = self.ctx.rec(item)
            if self.test_input and not rec.has("observe") and item.initial is None:
                place.error("E0706", f"a test cannot know `{key}`",
                            "give the attribute `observe` or `initial`")
                return None
            return Name(parts, "attr", item.type)
        if ("attribute", key) not in self.ctx.broken and not self.ctx.may_lack("attribute"):
            place.error("E0302", f"no attribute is called `{key}`",
                        suggest(key, [*known, "fd.state"]))
        return None

    def capability(self, parts: tuple[str, ...], place: Place) -> Optional[Name]:
        """Return a live capability bit."""
        if parts[1] not in ("user", "kernel"):
            place.error("E0302", f"a capability has a user and a kernel bit, not `{parts[1]}`",
                        suggest(parts[1], ("user", "kernel")))
            return None
        if not self.ctx.refer("capability", parts[2], place.mark(), self.ctx.spec.capabilities):
            return None
        return Name(parts, "cap", "bool")

    def flow(self, parts: tuple[str, ...], place: Place) -> Optional[Name]:
        """Return the argument or the result, or a member of one."""
        head, cmd = parts[0], self.command
        assert cmd is not None
        if head == "out" and not self.result:
            place.error("E0310", "the result is not there yet",
                        "`out` has a meaning in `ensures` only")
            return None
        if head == "arg" and self.test_input:
            place.error("E0310", "a test input cannot depend on itself")
            return None
        flowing = cmd.flow_in if head == "arg" else cmd.flow_out
        if cmd.arg is None or not flowing:
            if ("flow", cmd.name) not in self.ctx.broken:
                way = "reads no argument" if head == "arg" else "has no result"
                place.error("E0310", f"{cmd.name} {way}")
            return None
        if head == "arg" and not (self.arg_ready or self.result):
            place.error("E0605", "the argument has not been copied in yet",
                        "move this check behind the one with `copy: in`")
            return None
        if cmd.arg.kind in ("struct", "union") and len(parts) > 1 and parts[1] not in flowing \
                and self.exists(cmd.arg, parts[1]):
            way = "`in`: it is not read" if head == "arg" else "`out`: it is not written"
            place.error("E0310", f"`{parts[1]}` is not listed under {way}")
            return None
        return record(self.ctx, parts, head, cmd.arg, place)

    def exists(self, ref: TypeRef, name: str) -> bool:
        """Tell whether the record has the member."""
        return any(item.name == name for item in members(self.ctx.spec.structs[ref.base]))

    def plain(self, name: str, place: Place) -> Optional[Name]:
        """Return a constant or a state."""
        found = find_constant(self.ctx, name)
        if found is not None:
            return found
        state = self.ctx.spec.states.get(name)
        if state is not None:
            self.ctx.used.add(("state", name))
            return Name((name,), "state", "state", state.value)
        reported = observed(self.ctx, (name,), place)
        if reported is not None:
            return reported[0]
        self.unknown((name,), place)
        return None

    def unknown(self, parts: tuple[str, ...], place: Place) -> None:
        """Report a name without a meaning."""
        name = ".".join(parts)
        ctx = self.ctx
        if is_excused(ctx, name) or ("state", name) in ctx.broken or ctx.may_lack("name"):
            return
        if self.partial:
            return
        if ("locals", parts[0]) in ctx.broken:
            return
        if len(parts) > 1 and _may_be_reported(ctx):
            return
        if len(parts) == 2 and parts[0] in ctx.spec.words:
            place.error("E0302", f"`{name}` is a bit range", f"take it out: field({name}, x)")
            return
        known = [*ctx.consts, *ctx.pending, *self.locals, *ctx.spec.states,
                 *ctx.spec.attributes, "fd.state"]
        if self.command is not None and self.command.arg is not None:
            known += [f"arg.{n}" for n in self.command.flow_in]
            if self.result:
                known += [f"out.{n}" for n in self.command.flow_out]
        if self.test_input:
            known += BUFFERS
        hint = suggest(name, known)
        if self.command is not None and name in self.command.flow_in:
            hint = f"a field of the argument is written `arg.{name}`"
        place.error("E0302", f"`{name}` has no meaning here", hint)


class ObserveScope:
    """Names inside `observe`: what commands report, and constants."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def find(self, parts: tuple[str, ...], place: Place) -> Optional[Name]:
        """Return a constant or a field of a reported record."""
        if len(parts) == 1:
            found = find_constant(self.ctx, parts[0])
            if found is not None or is_excused(self.ctx, parts[0]):
                return found
        reported = observed(self.ctx, parts, place)
        if reported is not None:
            return reported[0]
        if _may_be_reported(self.ctx):
            return None
        heads = [f"{head}.{item.name}" for head, ref in reports(self.ctx).items()
                 if ref.kind == "struct" for item in members(self.ctx.spec.structs[ref.base])]
        place.error("E0302", f"`{'.'.join(parts)}` is not reported by any command",
                    suggest(".".join(parts), [*heads, *self.ctx.consts]))
        return None


def _may_be_reported(ctx: Context) -> bool:
    """Tell whether a command that was refused might report the name."""
    return "commands" in ctx.lost or any(kind == "command" for kind, _ in ctx.broken)


def reports(ctx: Context) -> dict[str, TypeRef]:
    """Return what commands report: ctxt_info -> struct hfi1_ctxt_info."""
    return {report_name(ctx.spec, cmd): cmd.arg for cmd in ctx.spec.commands.values()
            if cmd.arg is not None and cmd.flow_out
            and (cmd.arg.kind == "struct" or not cmd.flow_in)}


def report_name(spec: Spec, cmd: Command) -> str:
    """Return by which name a command's result is known: its struct's, or its own."""
    assert cmd.arg is not None
    lead = spec.name + "_"
    if cmd.arg.kind != "struct":
        return cmd.name.lower()
    return cmd.arg.base[len(lead):] if cmd.arg.base.startswith(lead) else cmd.arg.base


def observed(ctx: Context, parts: tuple[str, ...], place: Place) \
        -> Optional[tuple[Optional[Name]]]:
    """Return a field that a command reports.

    None: no command reports such a record.  A tuple with None: the record has
    no such field, which has been reported.
    """
    ref = reports(ctx).get(parts[0])
    if ref is None:
        return None
    return (record(ctx, parts, "observe", ref, place),)


def record(ctx: Context, parts: tuple[str, ...], kind: str, ref: TypeRef,
           place: Place) -> Optional[Name]:
    """Return a member of a record, or a scalar itself."""
    current: Optional[TypeRef] = ref
    struct: Optional[Struct] = ctx.spec.structs.get(ref.base) \
        if ref.kind in ("struct", "union") else None
    for step, part in enumerate(parts[1:], 1):
        if struct is None or (current is not None and current.dims):
            what = "an array" if current is not None and current.dims else "a number"
            place.error("E0302", f"`{'.'.join(parts[:step])}` is {what} and has no members")
            return None
        found = next((f for f in members(struct) if f.name == part), None)
        if found is None:
            if ("fields", struct.name) not in ctx.broken:
                place.error("E0302", f"{struct.kind} {struct.name} has no field `{part}`",
                            suggest(part, [f.name for f in members(struct)]))
            return None
        current, struct = found.type, found.inner
        if struct is None and current is not None and current.kind in ("struct", "union"):
            struct = ctx.spec.structs.get(current.base)
    if struct is not None:
        place.error("E0303", f"`{'.'.join(parts)}` is a {struct.kind}, not a number",
                    "name one of its fields")
        return None
    return named(parts, kind, current)
