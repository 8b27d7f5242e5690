# SPDX-License-Identifier: BSD-3-Clause
"""mmap() of every region, right and wrong in every way the rules name."""
from __future__ import annotations

from typing import Iterator, Optional

from uapigen.backends.conformance.cases import Family, c_string, needs_of, row
from uapigen.backends.conformance.checks import Coverage, unprovoked
from uapigen.backends.conformance.names import prefix, scenario_symbol
from uapigen.backends.conformance.rules import region_symbol
from uapigen.backends.conformance.subject import bound, fresh
from uapigen.expr import is_constant, name_key, names
from uapigen.model import Binary, BitField, Call, Check, Expr, Name, Region, Scenario, Spec, Unary

_COMMON = "mmap_common"
_TOKEN = "MMAP_TOKEN"
_MEMBER = "shared-follower"
_PROTECTIONS = {
    "r": ("PROT_READ", False), "w": ("PROT_WRITE", True), "rw": ("PROT_READ | PROT_WRITE", True),
    "rx": ("PROT_READ | PROT_EXEC", False), "none": ("PROT_NONE", False),
}
_LENGTHS = {
    "less": ("LESS", "a page less"), "more": ("MORE", "a page more"), "double": ("DOUBLE", "twice the length"),
}


def _reads(check: Check, name: str) -> bool:
    return check.cond is not None and any(name_key(n) == name for n in names(check.cond))


def _bit_ranges(expr: Expr) -> Iterator[int]:
    """Yield the masks of the fields a condition extracts."""
    if isinstance(expr, Call):
        if expr.func == "field" and isinstance(expr.args[0], Name) and expr.args[0].value is not None:
            hi, lo = expr.args[0].value >> 8, expr.args[0].value & 0xFF
            yield ((1 << (hi - lo + 1)) - 1) << lo
        for arg in expr.args:
            yield from _bit_ranges(arg)
    elif isinstance(expr, Binary):
        yield from _bit_ranges(expr.left)
        yield from _bit_ranges(expr.right)
    elif isinstance(expr, Unary):
        yield from _bit_ranges(expr.operand)


def _lowest(mask: int) -> int:
    return mask & -mask


class _Region:
    """Adds the cases of one region."""

    def __init__(self, spec: Spec, family: Family, region: Region) -> None:
        self.spec = spec
        self.family = family
        self.region = region
        self.common = spec.check_lists[_COMMON].checks
        self.assigned = bound(spec)
        member = spec.scenarios.get(_MEMBER)
        self.home = member if region.shared_by == "group" and member else self.assigned
        self.write = next((c for c in region.checks if _reads(c, "write")), None)
        self.length = next((c for c in region.checks if _reads(c, "length")), None)
        writable = region.write == "intended" and "MAYREAD" in region.clears
        self.good_prot = "PROT_WRITE" if writable else "PROT_READ" if self.write else "PROT_READ | PROT_WRITE"

    def clause(self, check: Check) -> str:
        """Return a check's clause, of this region or of the common list."""
        owner = f"mmap.{self.region.name}" if check in self.region.checks else _COMMON
        return f"{owner}.{check.id}"

    def add(self, name: str, doc: str, check: Optional[Check] = None, *, scenario: Optional[Scenario] = None,
            run: str = "mapping", second: Optional[Check] = None, prot: str = "", xor: int = 0, length: str = "EXACT",
            private: bool = False, access: str = "O_RDWR", gain: str = "", error: str = "") -> None:
        """Add one mapping."""
        spec, region = self.spec, self.region
        where = scenario or self.home
        up = prefix(spec).upper()
        clauses = [f"mmap.{region.name}"] if check is None else [self.clause(check)]
        if second is not None:
            clauses.append(self.clause(second))
        self.family.add(
            f"{region.name}.{name}", " ".join(clauses), doc, run, "mapping",
            row(region=f"&{region_symbol(spec, region)}", scenario=f"&{scenario_symbol(spec, where.name)}",
                token_xor=f"0x{xor:x}ULL" if xor else None, length=f"{up}_LENGTH_{length}",
                prot=prot or self.good_prot, private=private, access=access, gain=gain or None, error=error or None,
                check=c_string(self.clause(check)) if check else None,
                second=c_string(self.clause(second)) if second else None),
            needs_of(where),
        )

    def shape(self) -> None:
        """Add right and wrong lengths and protections."""
        name = self.region.name
        self.add("maps", f"{name} is mapped with its token and its length.")
        self.add("maps-twice", f"{name} can be mapped twice at a time.", run="mapping_twice")
        self.add("unrounded", f"A length of {name} is rounded up to whole pages before it is looked at.", length="UNROUNDED")
        self.add("empty", f"No mapping of {name} is empty.", length="ZERO", error="EINVAL")
        for word, (prot, writes) in _PROTECTIONS.items():
            check = self.write if writes else None
            verb = "is refused" if check else "is mapped"
            self.add(f"prot-{word}", f"{name} {verb} with {prot}.", check, prot=prot)
        if self.length is None:
            return
        for word, (change, what) in _LENGTHS.items():
            if change == "LESS" and is_constant(self.region.length):
                continue  # a single page: nothing but an empty mapping is less
            self.add(f"length-{word}", f"{name} is not mapped with {what}.", self.length, length=change)
            if self.write is not None:
                first, second = sorted((self.write, self.length), key=self.region.checks.index)
                self.add(f"length-{word}-and-write", f"{name}: {first.id} is checked before {second.id}.", first,
                         second=second, length=change, prot="PROT_READ | PROT_WRITE")

    def options(self) -> None:
        """Add checks that depend on how the driver was loaded."""
        for check in self.region.checks:
            if check.cond is not None and any(n.kind == "cap" for n in names(check.cond)):
                self.add(check.id, f"{self.region.name} is refused: {check.why}", check)

    def access(self) -> None:
        """Add files that were opened for less."""
        name = self.region.name
        unshared = next((c for c in self.common if _reads(c, "shared")), None)
        if unshared is not None:
            self.add("private", f"{name} is not mapped privately.", unshared, private=True)
            self.add("read-only-file", f"A file opened read-only cannot share {name}: the kernel makes the mapping private.",
                     unshared, access="O_RDONLY", prot="PROT_READ")
        self.add("read-only-file-write", f"A file opened read-only cannot map {name} writable.", access="O_RDONLY",
                 prot="PROT_READ | PROT_WRITE", error="EACCES")
        self.add("write-only-file", f"A file opened write-only cannot map {name}.", access="O_WRONLY",
                 prot="PROT_WRITE", error="EACCES")

    def token(self) -> None:
        """Add tokens with a wrong field each, and those of a wrong file."""
        region, word = self.region, self.spec.words[_TOKEN]
        for check in self.common:
            if _reads(check, "token") and check.cond is not None:
                mask = next(_bit_ranges(check.cond), 0)
                flip = _lowest(mask)
                self.add(f"token.{check.id}", f"{region.name} is not mapped with a token of which a bit of {mask:#x} is wrong.",
                         check, xor=flip)
                if self.write is not None:
                    self.add(f"token.{check.id}-and-write", f"{region.name}: the token is checked before the protection.",
                             check, second=self.write, xor=flip, prot="PROT_READ | PROT_WRITE")
            elif _reads(check, "fd.state"):
                self.add("unassigned", f"{region.name} is not mapped before a context is bound.", check,
                         scenario=fresh(self.spec))
        known = sum(f.mask for f in word.fields)
        for bit in range(word.width):
            if not known >> bit & 1:
                self.add(f"token.reserved-{bit}", f"Bit {bit} of {region.name}'s token is ignored.", xor=1 << bit)
        for field in word.fields:
            if field.lo == 0:
                self.add("token.offset-bits", f"The in-page bits of {region.name}'s token must be cleared before mmap().",
                         xor=8, error="EINVAL")

    def later(self) -> None:
        """Add protections gained by mprotect()."""
        region = self.region
        if "MAYREAD" not in region.clears:
            denied = "MAYWRITE" in region.clears
            self.add("gain-write", f"{region.name} {'cannot' if denied else 'can'} be made writable later.", run="mapping_gain",
                     prot="PROT_READ", gain="PROT_READ | PROT_WRITE", error="EACCES" if denied else "")
        else:
            self.add("gain-read", f"{region.name} cannot be made readable later.", run="mapping_gain", prot="PROT_WRITE",
                     gain="PROT_READ | PROT_WRITE", error="EACCES")

    def sharing(self) -> None:
        """Add what members of a group may map."""
        follower = self.spec.scenarios.get(_MEMBER)
        if follower is None:
            return
        other = next((c for c in self.common if c.cond is not None and any(name_key(n) == "fd.subctxt" for n in names(c.cond))), None)
        if self.home is not follower:
            self.add("follower", f"A second member of a group maps {self.region.name} with its own token.", scenario=follower)
        if other is not None:
            self.add("foreign-token", f"{self.region.name} is not mapped with another member's token.", other,
                     scenario=follower, run="mapping_foreign")
        if self.home is not self.assigned and self.length is not None:
            reads_group = any(name_key(n) == "ctxt.subctxt_cnt" for n in names(self.region.length))
            self.add("not-shared", f"{self.region.name} of a private context.", self.length if reads_group else None,
                     scenario=self.assigned, length="MORE" if reads_group else "EXACT")


def _unknown_types(spec: Spec, family: Family) -> None:
    """Add tokens with a type no region has."""
    field: BitField = next(f for f in spec.words[_TOKEN].fields if f.name == "TYPE")
    used = {r.type for r in spec.regions.values()}
    first = next(iter(spec.regions.values()))
    unknown = next((c for c in spec.check_lists[_COMMON].checks if c.kind == "driver"), None)
    adder = _Region(spec, family, first)
    for number in range(1 << (field.hi - field.lo + 1)):
        if number not in used and unknown is not None:
            up = prefix(spec).upper()
            family.add(f"type-{number}", f"{_COMMON}.{unknown.id}", f"No region has the type {number}.", "mapping", "mapping",
                       row(region=f"&{region_symbol(spec, first)}", scenario=f"&{scenario_symbol(spec, adder.assigned.name)}",
                           token_xor=f"0x{(number ^ first.type) << field.lo:x}ULL", length=f"{up}_LENGTH_EXACT",
                           prot="PROT_READ | PROT_WRITE", access="O_RDWR", check=c_string(f"{_COMMON}.{unknown.id}")))


def add_mappings(spec: Spec, family: Family, coverage: dict[str, Coverage]) -> None:
    """Add all mappings of all regions."""
    if not spec.regions or _COMMON not in spec.check_lists or _TOKEN not in spec.words:
        return
    for region in spec.regions.values():
        adder = _Region(spec, family, region)
        adder.shape()
        adder.options()
        adder.access()
        adder.token()
        adder.later()
        adder.sharing()
    _unknown_types(spec, family)
    _count(spec, coverage)


def _count(spec: Spec, coverage: dict[str, Coverage]) -> None:
    """Say what the mappings cover: every check by expression, pairs of length and write."""
    common = spec.check_lists[_COMMON].checks
    same = sum(a.errno == b.errno for i, a in enumerate(common) for b in common[i + 1:])
    pairs = len(common) * (len(common) - 1) // 2
    coverage[_COMMON] = Coverage(_COMMON, len(common), len(common), pairs, same, pairs - same)
    for region in spec.regions.values():
        entry = coverage.setdefault(f"mmap.{region.name}", Coverage(f"mmap.{region.name}"))
        for i, check in enumerate(region.checks):
            entry.checks += 1
            reason = unprovoked(spec, check)
            if reason:
                entry.reasons.append(f"{check.id}: {reason}")
            else:
                entry.covered += 1
            for other in region.checks[i + 1:]:
                _count_pair(spec, entry, check, other)


def _count_pair(spec: Spec, entry: Coverage, first: Check, second: Check) -> None:
    entry.pairs += 1
    if first.errno == second.errno:
        entry.same += 1
    elif {_role(first), _role(second)} == {"length", "write"}:
        entry.told += 1
    else:
        why = "one of them cannot be provoked" if unprovoked(spec, first) or unprovoked(spec, second) \
            else "depends on how the driver was loaded"
        entry.reasons.append(f"{first.id} before {second.id}: {why}")


def _role(check: Check) -> str:
    return "length" if _reads(check, "length") else "write" if _reads(check, "write") else ""
