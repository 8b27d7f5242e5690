# SPDX-License-Identifier: BSD-3-Clause
"""The shape of a spec: which keys stand where and what they hold.

This table is the only place that knows it.  reader.py walks it to read a
spec, jsonschema_out.py turns it into the JSON Schema that editors use.
"""
from __future__ import annotations

from typing import Optional, Union

from uapigen.shapes import (Bool, Choice, Code, Expression, Int, Key, OneOf, Record, Seq, Shape,
                            Table, Text, Word)

LANGUAGE_VERSION = 1


def _need(name: str, shape: Shape, doc: str) -> Key:
    return Key(name, shape, doc, required=True)


def _table(key: Shape, value: Shape, doc: str, name: str) -> Key:
    return Key(name, Table(key, value), doc)


# --- words ----------------------------------------------------------------

C_NAME = Word("a C identifier", "[A-Za-z_][A-Za-z0-9_]*", c_name=True)
# A second definition of a name, under another condition, is called NAME@2.
VARIANT = Word("a C identifier", "[A-Za-z_][A-Za-z0-9_]*(@[0-9]+)?", c_name=True)
UPPER = Word("an upper-case identifier", "[A-Z][A-Z0-9_]*")
UPPER_PART = Word("a part of an upper-case identifier", "[A-Z0-9_]+")
PART = Word("a part of an identifier", "[A-Za-z0-9_]+")
SLUG = Word("a name of lower-case letters, digits and dashes", "[a-z0-9][a-z0-9-]*")
LOCAL = Word("a lower-case C identifier", "[a-z][a-z0-9_]*", c_name=True)
ATTR = Word("an attribute, fd.X, ctxt.X or dev.X", r"(fd|ctxt|dev)\.[a-z][a-z0-9_]*")
PREFIX = Word("a prefix", "[A-Za-z_][A-Za-z0-9_]*")
ERRNO = Word("an errno", "E[A-Z0-9]+")
VERSION = Word("a version, MAJOR.MINOR", "[0-9]+[.][0-9]+")
RANGE = Word("a version range such as >=6.1 or 5.0..6.2",
             r"(\*|(>=|<=|<|>|=)?[0-9]+(\.[0-9]+)*|[0-9]+(\.[0-9]+)*\.\.[0-9]+(\.[0-9]+)*)")
HEADER = Word("the path of a header", "[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*[.]h")
PATH = Word("a relative path of a .yaml file", r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*\.yaml")
_BASE = r"(?:(?:struct|union|enum)\s+)?[A-Za-z_]\w*"
TYPE = Word("a type", _BASE + r"(?:\s*\[[^\]]*\])*")
C_TYPE = Word("a type", r"(?:const\s+)?(?:" + _BASE + r"|(?:(?:un)?signed|long|short|char|int)"
              r"(?:\s+(?:long|short|char|int))*)(?:\s+const)?"
              r"(?:\s*\*(?:\s*(?:const|volatile)\b)?)*"
              r"(?:\s*\[[^\]]*\])*")
EXTERNAL = Word("a type of C", _BASE)
BITS = Word('a bit range such as "7:0" or "3"', r"\s*[0-9]+\s*(:\s*[0-9]+\s*)?")
BIT_NAMES = Word("a C identifier with {} in it", "[A-Za-z0-9_]*[{][}][A-Za-z0-9_]*")
CASES = Word("the name of a case, or a pattern with * for several", r"[A-Za-z0-9_.*\[\]?-]+")
DIAG = Word("the id of a diagnostic", "E[0-9]{4}")
RULE = Word("the id of a lint rule", "L[0-9]{4}")
ELEMENT = Word("the name of an element, or a pattern with * for several", r"[A-Za-z0-9_.*-]+")

DOC = _need("doc", Text("documentation", lines=True),
            "What it is, for the reader of headers and manual.")
WHY = _need("why", Text("a reason"), "The reason, for the reader of the manual.")
SINCE = Key("since", VERSION, "Version that brought it; an entry of `versions`.")
QUIRK = Key("quirk", SLUG, "Entry of the quirk ledger that explains an inherited fault.")

# --- headers, constants, flags, enums -------------------------------------

REF = Word("a name, perhaps behind what it is",
           r"(?:(?:constant|macro|flags|enum|struct|union|typedef|function|ioctl)\s+)?"
           r"[A-Za-z_][A-Za-z0-9_]*(@[0-9]+)?")
CONTENT = Record("content", "What stands in a header between definitions", [
    Key("include", Code(), "What stands behind #include."),
    Key("comment", Text(lines=True), "A comment that belongs to nothing."),
    Key("directive", Code(), "A directive, without its #."),
    Key("forward", EXTERNAL, "A struct or union that is declared only."),
    Key("linkage", Choice("open", "close"), 'Begin or end of extern "C" { }.'),
    Key("verbatim", Code(), "C that the language cannot say."),
    Key("why", Text("a reason"), "Why it is verbatim."),
], one_of=(("include", "comment", "directive", "forward", "linkage", "verbatim", "choose"),))
_CONTENTS = Seq(OneOf(REF, CONTENT))


def _choose(what: str, items: Shape, key: str) -> Key:
    """Return the key that holds a conditional around items."""
    branch = Record(f"branch-of-{what}", "A branch of a conditional", [
        _need("if", Code("a condition"), "Its directive: `ifdef X`, `elif ...`, `else`."),
        _need(key, items, "What stands in it."),
        Key("active", Bool(), "Programs for x86-64 see this branch.")])
    return Key("choose", Seq(branch, 1), "The branches of a conditional, in order.")


CONTENT.keys["choose"] = _choose("contents", _CONTENTS, "contents")
HEADER_REC = Record("header", "A published header", [
    Key("guard", C_NAME, "Include guard; without it the header has none."),
    Key("includes", Seq(HEADER), "Headers it includes, in order."),
    _need("contents", Seq(_CONTENTS.item, 1),
          "What it defines, in order; `commands` for all commands."),
    Key("license", Text(), "SPDX expression, if not that of all published headers."),
    DOC])
CONSTANT = Record("constant", "A #define", [
    _need("value", Expression("constant"), "The value; its spelling is kept."),
    Key("text", Code(), "How the header spells the value, if the language cannot say it."),
    Key("external", HEADER, "Header that already defines it: not emitted."),
    DOC])
FLAG = Record("flag", "A single-bit constant", [
    _need("bit", Int(0, 63), "Bit number."),
    Key("c_name", C_NAME, "C name, where it departs from prefix and name."),
    SINCE, QUIRK, DOC])
FLAGS = Record("flags", "Single-bit constants", [
    _need("prefix", PREFIX, "Prefix of the C names."),
    _need("spelling", Choice("shift", "hex", "bitname", "pattern"), "How the value is spelled."),
    Key("digits", Int(1, 16), "Least number of digits of hex."),
    Key("pattern", Code("a value"), "The value with {} for the bit number."),
    Key("suffix", Choice("", "U", "UL", "ULL"), "Suffix of the 1 in `1UL << n`."),
    Key("bit_names", BIT_NAMES, "Pattern under which bit numbers are published too."),
    Key("max_bit", C_NAME, "Name of the highest bit number."),
    _need("entries", Table(PART, FLAG, 1), "The flags by short name."),
    DOC])
_VALUE = Key("value", Expression("constant"), "The value; without it previous + 1.")
_SPELLED = Key("text", Code(), "How the header spells the value, if the language cannot say it.")
ENUM_ENTRY = Record("enumerator", "An enumerator", [_VALUE, _SPELLED, DOC])
ENUM_ITEM = Record("enum-item", "What stands between the braces of an enum", [
    Key("name", C_NAME, "Name of an enumerator."), _VALUE, _SPELLED,
    Key("contents", _CONTENTS, "What is no enumerator."),
    Key("doc", DOC.shape, DOC.doc, unless=("contents", "choose"))])
_ENUM_ITEMS = Seq(ENUM_ITEM)
ENUM_ITEM.keys["choose"] = _choose("enum", _ENUM_ITEMS, "body")
ENUM_ITEM.one_of = (("name", "contents", "choose"),)
_ATTRIBUTES = Key("attributes", Code(), "Attributes behind it, where no other key says them.")
_TAG = Key("tag", Bool(), "Whether the name is the tag too; default true.")
_TYPEDEF = Key("typedef", Code("declarators"), "Names that a typedef gives it.")
ENUM = Record("enum", "An enum", [
    Key("entries", Table(C_NAME, ENUM_ENTRY, 1), "The enumerators in order."),
    Key("body", _ENUM_ITEMS, "The same, where more stands between the braces."),
    _TAG, _TYPEDEF, _ATTRIBUTES, DOC], one_of=(("entries", "body"),))
MACRO = Record("macro", "A macro that is no number", [
    Key("params", Seq(Word("a parameter", r"[A-Za-z_]\w*|\.\.\.|[A-Za-z_]\w*\.\.\.")),
        "Its parameters; [] for a pair of brackets."),
    Key("text", Code(), "What it stands for; nothing if it is only defined."), DOC])
FUNCTION = Record("function", "A function of a header", [
    _need("text", Code(), "The function as it is written."), DOC])
IOCTL = Record("ioctl", "A command's number as published", [
    Key("form", Choice("io", "ior", "iow", "iowr", "ioc"), "Macro that makes the number."),
    Key("magic", Code(), "Type code, as written."),
    Key("nr", Code(), "Number, as written."),
    Key("arg", Code(), "Argument, as written."),
    Key("text", Code(), "How the header spells the number, if not by the keys above."),
    _need("number", Int(0, 2**32 - 1), "The whole number for 64-bit programs."),
    Key("number32", Int(0, 2**32 - 1), "The same for 32-bit programs, where it differs."),
    DOC])

# --- types ----------------------------------------------------------------

FIELD = Record("field", "A member of a struct or union", [
    Key("name", C_NAME, "Name; an anonymous nested record has none."),
    Key("type", C_TYPE, "Type, with array bounds."),
    Key("dims", Code(), "Array bounds of a nested record."),
    Key("width", Code("a width"), "Bits of a bit-field, as written."),
    Key("declare", Code(), "The declaration, where type and name do not tell it."),
    Key("macro", Code(), "The macro that makes the member, with its operands."),
    Key("contents", _CONTENTS, "What is no member."),
    Key("tag", C_NAME, "Tag of a nested record or enum."),
    Key("declarators", Code(), "Names of a nested record, if there are several."),
    Key("packed", Bool(), "Whether a nested record is packed."),
    Key("align", Int(1, 4096), "Alignment of a nested record, where published."),
    Key("leading", Code(), "Attributes before the tag."), _ATTRIBUTES,
    Key("enum", _ENUM_ITEMS, "Enumerators of a nested enum."),
    Key("count", C_NAME, "Field that tells how many elements a flexible array has."),
    Key("reserved", Choice("ignored", "zero"), "What the kernel does with a reserved field."),
    Key("bits", UPPER, "Word that describes the bit ranges of the field."),
    SINCE, QUIRK, Key("doc", DOC.shape, DOC.doc, unless=("contents", "choose"))])
_FIELDS = Seq(FIELD, 1)
FIELD.keys["union"] = Key("union", _FIELDS, "Members of a nested union.")
FIELD.keys["struct"] = Key("struct", _FIELDS, "Members of a nested struct.")
FIELD.keys["choose"] = _choose("fields", Seq(FIELD), "fields")
FIELD.one_of = (("type", "union", "struct", "enum", "declare", "macro", "contents", "choose"),)
SIZE = Record("size", "Size in bytes for each data model", [
    _need("64", Int(0, 2**32), "Size for 64-bit programs."),
    _need("32", Int(0, 2**32), "Size for 32-bit programs.")])
STRUCT = Record("struct", "A struct or union", [
    Key("kind", Choice("struct", "union"), "struct (default) or union."),
    Key("packed", Bool(), "Whether it is packed."),
    Key("align", Int(1, 4096), "Alignment, where published."),
    Key("size", SIZE, "Size that is asserted.", unless=("layout",)),
    Key("layout", Choice("compiler"), "The compiler alone knows where the members lie."),
    Key("alignment", SIZE, "Alignment, where the compiler alone knows it."),
    _need("fields", _FIELDS, "The members in order."),
    Key("leading", Code(), "Attributes before the tag."),
    _TAG, _TYPEDEF, _ATTRIBUTES,
    SINCE, QUIRK, DOC])
TYPEDEF = Record("typedef", "A name for a type", [
    Key("type", C_TYPE, "The type."),
    Key("declare", Code(), "The declaration of an unusual type, the name in it."),
    _ATTRIBUTES, DOC], one_of=(("type", "declare"),))
EXTERNAL_REC = Record("external-type", "A type that another header defines", [
    Key("size", SIZE, "Size, where known."), Key("alignment", SIZE, "Alignment, where known.")])

# --- words and registers --------------------------------------------------

BIT_VALUE = Record("value", "A named value of a bit field", [
    _need("value", Expression("constant"), "The value, counted from the field's lowest bit."),
    DOC])
BIT_FIELD = Record("bit-field", "A bit range", [
    _need("bits", BITS, 'Highest and lowest bit, "11:0", or one bit, "3".'),
    Key("unit", Text("a unit"), "What the number counts."),
    Key("group", Bool(), "A mask over fields that have names of their own."),
    Key("values", Table(UPPER_PART, BIT_VALUE, 1), "Names of values."),
    Key("context", Text(), "What decides which of several names of one value is meant."),
    DOC])
_BITS = Table(UPPER, BIT_FIELD)
WORD = Record("word", "Bit layout of a word in memory", [
    _need("width", Int(8, 64), "Bits."),
    _need("order", Choice("le", "be", "host"), "Byte order."),
    _need("fields", Table(UPPER, BIT_FIELD, 1), "The bit ranges."),
    DOC])
INNER = Record("inner", "Repetition inside an element", [
    _need("count", Int(2, 2**20), "How many."), _need("stride", Int(8, 2**32), "Bytes apart.")])
REGISTER = Record("register", "A register of the chip", [
    _need("offset", Int(0, 2**40), "Address in the register space."),
    Key("count", Int(1, 2**20), "How many, of an array."),
    Key("stride", Int(8, 2**32), "Bytes between two elements."),
    Key("inner", INNER, "Second dimension."),
    _need("access", Choice("ro", "rw", "wo", "w1c", "sc"), "Read only, read/write, write only, "
          "write 1 to clear, or self-clearing."),
    Key("reset", Int(), "Value after reset."),
    Key("fields", _BITS, "The bit ranges."),
    DOC])

# --- run-time state -------------------------------------------------------

STATE = Record("state", "A state of an open file", [
    _need("value", Int(0, 255), "Number in the generated enum."), DOC])
TRANSITION = Record("transition", "A change of state", [
    _need("from", LOCAL, "State before."), _need("on", Word("a command, or open or release",
                                                            "[A-Z][A-Z0-9_]*|open|release"),
                                                 "What makes it happen."),
    _need("to", LOCAL, "State after."), DOC])
ATTRIBUTE = Record("attribute", "Run-time state that conditions read", [
    _need("type", Choice("int", "bool", "state"), "Its type."),
    Key("initial", Int(), "Value right after the context is bound."),
    Key("observe", Expression(), "The same value from what the ABI reports."), DOC])
CONDITION = Record("condition", "A fact only the driver can decide", [
    Key("provoke", SLUG, "Scenario that brings it about."),
    Key("unprovoked", Text("a reason"), "Why no test can bring it about."), DOC],
    one_of=(("provoke", "unprovoked"),))
SCENARIO = Record("scenario", "A set-up the conformance suite can build", [
    _need("state", LOCAL, "State of the file it ends in."),
    Key("needs", Seq(SLUG), "What the suite needs for it."), DOC])
ERRNO_REC = Record("errno", "An errno of the vocabulary", [DOC])

# --- behaviour ------------------------------------------------------------

CHECK = Record("check", "An entry of an ordered check list", [
    _need("id", SLUG, "Name, unique in its list."),
    Key("if", Expression("condition"), "Refuse if true."),
    Key("when", SLUG, "Condition the driver decides: refuse if it holds."),
    Key("copy", Choice("in", "out", "tail"), "The argument's copy fails; tail: that of the "
        "elements behind it."),
    Key("upto", C_NAME, "The first copy reads no more than up to this field."),
    Key("errno", ERRNO, "What the call fails with."),
    Key("succeed", Bool(), "Return 0 at once instead."),
    Key("violate", Table(LOCAL, Expression()), "Test input that makes the check refuse."),
    Key("scenario", SLUG, "Set-up a violation needs."),
    SINCE, QUIRK, WHY],
    one_of=(("if", "when", "copy"), ("errno", "succeed")))
_CHECKS = Seq(CHECK)
COMMON_CHECK = Record("common-check", "A check that every command shares", [
    _need("id", SLUG, "Name."), _need("errno", ERRNO, "What the call fails with."),
    QUIRK, WHY])
UNKNOWN = Record("unknown", "The rule for what is no command", [
    *COMMON_CHECK.keys.values(),
    Key("content", Int(0, 255), "What each byte at the argument must be for this rule to answer, "
        "if it is looked at.")])
ENSURE = Record("ensure", "A promise about a successful call", [
    _need("id", SLUG, "Name, unique in its command."),
    _need("expr", Expression("condition"), "Holds after success."), WHY])
NUMBERS = Record("numbers", "The number space of the commands", [
    _need("magic", C_NAME, "Constant that is the ioctl magic of commands that name no other."),
    _need("prefix", PREFIX, "Prefix of the commands' C names."),
    Key("wrong_state", COMMON_CHECK, "Command that the file's state does not allow; left out "
        "where every state allows every command."),
    _need("unknown", UNKNOWN, "Number that is no command."),
    Key("sparse", Bool(), "Numbers come in blocks; the unused ones between need no reason."),
    Key("holes", Table(Int(0, 255), SLUG), "Unused numbers and the quirk that tells why."),
    DOC])
_FLOW = OneOf(Bool(), Seq(C_NAME))
COMMAND = Record("command", "An ioctl command", [
    Key("magic", C_NAME, "Constant that is its magic, if it is not that of `numbers`."),
    _need("nr", Int(0, 255), "Number."),
    _need("direction", Choice("none", "r", "w", "rw"), "Direction as published."),
    _need("arg", TYPE, "Argument: struct X, a scalar type, or none."),
    Key("in", _FLOW, "Fields that are read; true for a scalar."),
    Key("out", _FLOW, "Fields that are written; true for a scalar."),
    Key("ignored", Seq(C_NAME), "Fields neither read nor written."),
    _need("states", Seq(LOCAL, 1), "States of the file that allow it."),
    Key("undo", Bool(), "The effect is taken back if the result cannot be copied out."),
    Key("idempotent", Bool(), "Calling it twice is calling it once."),
    Key("changing", Bool(), "Its result may differ from one call to the next."),
    Key("blocking", Text(), "What it may wait for."),
    Key("effects", Seq(Text()), "What is true after success, one sentence each."),
    Key("baseline", Table(LOCAL, Expression()), "A valid argument."),
    Key("checks", _CHECKS, "Checks in the order in which they are made."),
    Key("ensures", Seq(ENSURE), "What holds after success."),
    Key("quirk", OneOf(SLUG, Seq(SLUG)), "Entries of the quirk ledger."),
    SINCE, DOC])
CHECK_LIST = Record("check-list", "A named ordered check list", [
    Key("locals", Table(LOCAL, Word("int, bool or struct X", r"int|bool|struct\s+[A-Za-z_]\w*")),
        "What its conditions may read."),
    _need("checks", Seq(CHECK, 1), "The checks."), DOC])
REGION = Record("region", "A thing mmap() can map", [
    _need("type", Int(0, 255), "Type in the token."),
    _need("token", C_NAME, "Member of the base info that carries the token."),
    _need("length", Expression(), "Bytes of the mapping."),
    _need("memory", Choice("bar", "coherent", "vmalloc"), "What is behind it."),
    _need("cache", Choice("cached", "uncached", "wc"), "How the CPU caches it."),
    _need("write", Choice("allowed", "refused", "intended"), "Whether it may be writable."),
    Key("clears", Seq(Choice("MAYREAD", "MAYWRITE", "MAYEXEC")),
        "Protections that cannot be gained later."),
    Key("vm_flags", Seq(Choice("DONTCOPY", "DONTEXPAND", "DONTDUMP", "IO", "PFNMAP")),
        "Flags of the mapping."),
    _need("shared_by", Choice("context", "fd", "group"), "Who shares it."),
    Key("checks", _CHECKS, "Checks in order."), QUIRK, DOC])
POLL_MASKS = ("EPOLLIN", "EPOLLPRI", "EPOLLOUT", "EPOLLERR", "EPOLLHUP", "EPOLLRDNORM",
              "EPOLLRDBAND", "EPOLLWRNORM", "EPOLLWRBAND", "EPOLLRDHUP")
POLL = Record("poll-rule", "When poll() reports what", [
    _need("id", SLUG, "Name, unique among the rules."),
    Key("if", Expression("condition"), "Reports if true."),
    Key("when", SLUG, "Condition the driver decides."),
    _need("mask", Seq(Choice(*POLL_MASKS), 1), "What is reported."), DOC],
    one_of=(("if", "when"),))
FILE_OPS = ("open", "release", "flush", "read", "read_iter", "write", "write_iter", "llseek",
            "fsync", "fasync", "lock", "flock", "splice_read", "splice_write", "fallocate",
            "compat_ioctl", "mmap", "poll", "ioctl")
FILE_OP = Record("file-operation", "A file operation", [
    Key("supported", Bool(), "Whether the device offers it; default true."),
    Key("checks", _CHECKS, "Checks in order."), DOC])

# --- capabilities, limits, versions, ledger -------------------------------

CAPABILITY = Record("capability", "A capability bit", [
    Key("kernel", Bool(), "Default of the kernel bit."),
    Key("user", Bool(), "Default of the user bit."),
    _need("shown_from", Choice("user", "kernel", "both", "none"), "Which of them is reported."),
    _need("writable", Bool(), "Whether it may change at run time."), DOC])
LIMIT = Record("limit", "A limit of the interface", [
    _need("value", Expression("constant"), "Its value."), DOC])
VERSION_REC = Record("version", "A version of the interface", [DOC])
QUIRK_REC = Record("quirk", "An inherited fault that is kept on purpose", [
    _need("what", Text(), "The fault."), WHY,
    Key("exempts", Seq(DIAG), "Diagnostics it silences at the elements that carry it."),
    _need("test", CASES, "Case, or pattern of cases, that pins it.")])
DEVIATION = Record("deviation", "A known difference of another driver", [
    _need("driver", Word("a driver's name", "[a-z0-9_-]+"),
          "Which driver; linux for what the kernel does to any, by its own version."),
    _need("versions", RANGE, "Which versions of it."),
    _need("cases", Seq(CASES, 1), "Conformance cases it fails."),
    _need("what", Text(), "The difference."), WHY])

LINT_REC = Record("lint-rule", "What a lint rule is not to report", [
    _need("allow", Table(ELEMENT, Text("a reason"), 1),
          "Elements and why they stay as they are.")])

# --- operations and the second front door ---------------------------------

OPERATION_KIND = Record("operation-kind", "A kind of operation that many devices have", [
    _need("object", SLUG, "What it acts on."), DOC])
OPERATION = Record("operation", "What of this device is an operation of a kind", [
    _need("by", Seq(Word("a command or a system call", "[A-Z][A-Z0-9_]*|[a-z]+"), 1),
          "Commands and system calls that do it."),
    Key("under", Seq(PART, 1), "Capability bits without which it is not there."),
    Key("note", Text(), "What a reader who compares devices should know.")])
COMMON_OBJECT = Record("common-object", "An object of the common device", [
    _need("id", Int(0, 0xfff), "Number, within the driver's own."),
    _need("methods", Table(UPPER, Int(0, 0xfff), 1), "Commands and their method numbers."), DOC])
COMMON_DEVICE = Record("common-device", "The commands as methods of a device that drivers share", [
    _need("driver", C_NAME, "Constant that names the driver there."),
    _need("prefix", PREFIX, "Prefix of the C names."),
    _need("header", HEADER, "Path of the published header."),
    _need("objects", Table(UPPER, COMMON_OBJECT, 1), "The objects by name."), DOC])

# --- the whole ------------------------------------------------------------

LICENSES = Record("licenses", "SPDX expressions of what is generated", [
    _need("uapi", Text(), "Published headers."), _need("driver", Text(), "Driver code."),
    _need("user", Text(), "Everything else.")])
INCLUDE = Key("include", Seq(PATH), "Further files, whose sections are merged in.")
SECTIONS: list[Key] = [
    _table(HEADER, HEADER_REC, "Published headers.", "headers"),
    _table(VARIANT, CONSTANT, "Numbers with a name.", "constants"),
    _table(VARIANT, MACRO, "Macros that are no numbers.", "macros"),
    _table(VARIANT, FUNCTION, "Functions of headers.", "functions"),
    _table(VARIANT, IOCTL, "Command numbers as published, without rules.", "ioctls"),
    _table(VARIANT, TYPEDEF, "Names for types.", "typedefs"),
    _table(EXTERNAL, EXTERNAL_REC, "Types that other headers define.", "external_types"),
    _table(VARIANT, FLAGS, "Groups of single-bit constants.", "flags"),
    _table(VARIANT, ENUM, "Enums.", "enums"),
    _table(VARIANT, STRUCT, "Structs and unions.", "structs"),
    _table(UPPER, WORD, "Words in memory.", "words"),
    _table(UPPER, REGISTER, "Registers of the chip.", "registers"),
    _table(LOCAL, STATE, "States of an open file.", "states"),
    Key("transitions", Seq(TRANSITION), "Changes of state."),
    _table(ATTR, ATTRIBUTE, "Run-time state that conditions read.", "attributes"),
    _table(SLUG, CONDITION, "Facts only the driver can decide.", "conditions"),
    _table(SLUG, SCENARIO, "Set-ups the conformance suite can build.", "scenarios"),
    _table(ERRNO, ERRNO_REC, "The errno vocabulary.", "errnos"),
    Key("numbers", NUMBERS, "The number space of the commands."),
    _table(UPPER, COMMAND, "The ioctl commands.", "commands"),
    _table(LOCAL, CHECK_LIST, "Check lists outside the commands.", "check_lists"),
    _table(UPPER, REGION, "What mmap() can map.", "mmap"),
    Key("poll", Seq(POLL), "When poll() reports what."),
    _table(Choice(*FILE_OPS), FILE_OP, "File operations.", "file_operations"),
    _table(PART, CAPABILITY, "Capability bits.", "capabilities"),
    _table(SLUG, LIMIT, "Limits of the interface.", "limits"),
    _table(VERSION, VERSION_REC, "Versions of the interface, oldest first.", "versions"),
    _table(SLUG, QUIRK_REC, "Inherited faults that are kept on purpose.", "quirks"),
    _table(SLUG, DEVIATION, "Known differences of other drivers.", "deviations"),
    _table(RULE, LINT_REC, "Flaws that stay, by lint rule.", "lint"),
    _table(SLUG, OPERATION_KIND, "Kinds of operations that many devices have.",
           "operation_kinds"),
    _table(SLUG, OPERATION, "Which kinds this device offers, and by what.", "operations"),
    Key("common_device", COMMON_DEVICE, "The commands as methods of a shared device."),
]
ROOT_KEYS: list[Key] = [
    _need("spec", Int(LANGUAGE_VERSION, LANGUAGE_VERSION), "Version of this language."),
    _need("name", LOCAL, "Name of the device's uAPI."),
    _need("title", Text(), "Title, for people."),
    _need("prefix", LOCAL, "C prefix of generated driver code and of the user library."),
    Key("hw_prefix", PREFIX, "C prefix of register and word names."),
    _need("licenses", LICENSES, "SPDX expressions of what is generated."),
    Key("node", Word("a device node", r"/dev/[A-Za-z0-9_./-]+"), "The node that is opened; "
        "default /dev/NAME_0."),
    Key("top", Word("a way up", r"\.\.(/\.\.)*"), "Way from the generated reference to the folder "
        "the spec's is in; default ../.."),
    Key("backends", Seq(SLUG, 1), "Back ends that make something of it; default all."),
    Key("status", Choice("imported"), "Imported: nobody has said yet what it means."),
    Key("accepted", Table(DIAG, Int(1, 10**6)), "Findings an imported spec still has, by id."),
    DOC,
]
ROOT = Record("root", "The root file of a spec", ROOT_KEYS + [INCLUDE] + SECTIONS)
PART_FILE = Record("included-file", "A file that another one includes", [INCLUDE] + SECTIONS)

AnyShape = Union[Text, Code, Word, Choice, Int, Bool, Expression, Seq, Table, OneOf, Record]


def section(name: str) -> Optional[Key]:
    """Return the key of a section."""
    return next((key for key in SECTIONS if key.name == name), None)
