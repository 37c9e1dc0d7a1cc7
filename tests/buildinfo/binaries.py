# SPDX-License-Identifier: Apache-2.0
"""Executables of a few hundred bytes that hold Go's build information as cmd/link writes it,
and nothing else: each format, 32 and 64 bits, both byte orders, the header of Go 1.13 to 1.17
(pointers) and that of Go 1.18 (inline), found by its section or by searching the data.

Usage: binaries.py DIRECTORY [NAME...] writes them; that they are right, Go says
(differential.t).
"""

import pathlib
import struct
import sys

START = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")
END = bytes.fromhex("f932433186182072008242104116d8f2")
TEXT = (
    "path\texample.com/app\n"
    "mod\texample.com/app\tv1.2.3\th1:AAAA=\n"
    "dep\texample.com/Dep\tv0.1.0+incompatible\th1:BBBB=\n"
    "dep\texample.com/old\tv1.0.0\n"
    "=>\texample.com/new\tv1.0.1\th1:CCCC=\n"
    "dep\texample.com/here\tv0.0.0\n"
    "=>\t../here\t\t\n"
    "build\t-compiler=gc\n"
    'build\t-ldflags="-s -w -X \\"main.a=b c\\""\n'
    'build\t"a key"=`raw \\ value`\n'
    "build\tGOARCH=amd64\n"
    "build\tGOOS=linux\n"
    "build\tempty=\n"
)


def varint(n):
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def framed(text):
    return START + text.encode() + END if text else b""


def pack(order, word, *numbers):
    return struct.pack(order + ("Q" if word == 8 else "I") * len(numbers), *numbers)


def data(addr, order, word, inline, version, text):
    """The data segment, as it lies at that address; what is behind it is padding, because Go
    wants ten bytes where a length begins."""
    mod = framed(text)
    head = b"\xff Go buildinf:" + bytes([word])
    if inline:
        out = head + b"\x02" + bytes(16)
        out += varint(len(version)) + version.encode() + varint(len(mod)) + mod
    else:
        at = addr + 32
        body = at + 4 * word
        out = head + (b"\x01" if order == ">" else b"\x00")
        out += (pack(order, word, at, at + 2 * word) + bytes(16))[:16]
        out += pack(order, word, body, len(version), body + len(version), len(mod))
        out += version.encode() + mod
    return out + bytes(16)


def elf(word=8, order="<", inline=True, section=True, version="go1.22.5", text=TEXT):
    wide = word == 8
    addr, before = 0x10000, b"" if section else b"filler that is not it".ljust(48, b".")
    ehsize, phsize, shsize = (64, 56, 64) if wide else (52, 32, 40)
    blob = before + data(addr + len(before), order, word, inline, version, text)
    offset = (ehsize + 2 * phsize + 15) & ~15
    names = b"\0.shstrtab\0.go.buildinfo\0"
    names_at = offset + len(blob)
    shoff = (names_at + len(names) + 7) & ~7 if section else 0
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    head = ident + struct.pack(order + "HHI", 2, 62 if wide else 3, 1)
    head += pack(order, word, addr, ehsize, shoff)
    sections = (shsize, 3, 1) if section else (0, 0, 0)
    head += struct.pack(order + "IHHHHHH", 0, ehsize, phsize, 2, *sections)

    def program(flags, off, vaddr, size):
        if wide:
            return struct.pack(order + "IIQQQQQQ", 1, flags, off, vaddr, vaddr, size, size, 16)
        return struct.pack(order + "IIIIIIII", 1, off, vaddr, vaddr, size, size, flags, 16)

    def header(name, kind, at, off, size):
        if wide:
            return struct.pack(order + "IIQQQQIIQQ", name, kind, 3, at, off, size, 0, 0, 1, 0)
        return struct.pack(order + "IIIIIIIIII", name, kind, 3, at, off, size, 0, 0, 1, 0)

    out = head + program(5, 0, 0x8000, ehsize) + program(6, offset, addr, len(blob))
    out = out.ljust(offset, b"\0") + blob + names
    if section:
        out = out.ljust(shoff, b"\0") + header(0, 0, 0, 0, 0)
        out += header(1, 3, 0, names_at, len(names)) + header(11, 1, addr, offset, len(blob))
    return out


def pe(word=8, inline=True, version="go1.22.5", text=TEXT, symbols=False):
    base, rva = 0x400000, 0x2000
    blob = data(base + rva, "<", word, inline, version, text)
    optional = struct.pack("<H", 0x20B if word == 8 else 0x10B) + bytes(22)
    optional += struct.pack("<Q", base) if word == 8 else struct.pack("<II", 0, base)
    optional = optional.ljust(108 if word == 8 else 92, b"\0") + struct.pack("<I", 2) + bytes(16)
    offset = (64 + 32 + 24 + len(optional) + 40 * 2 + 15) & ~15
    table = b""
    if symbols:
        table = b"short\0\0\0" + struct.pack("<IhHBB", 1, 1, 0, 2, 1) + bytes(18)
        table += struct.pack("<II", 0, 4) + struct.pack("<IhHBB", 1, 1, 0, 2, 0)
        table += struct.pack("<I", 4 + 12) + b"a.long.name\0"
    coff = struct.pack(
        "<HHIIIHH", 0x8664 if word == 8 else 0x14C, 2, 0, offset + len(blob) if symbols else 0,
        3 if symbols else 0, len(optional), 0x22
    )

    def section(name, va, size, at, flags):
        return struct.pack("<8sIIIIIIHHI", name, size, va, size, at, 0, 0, 0, 0, flags)

    out = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 96)
    out = out.ljust(96, b"\0") + b"PE\0\0" + coff + optional
    out += section(b"/4" if symbols else b".text", 0x1000, 16, offset, 0x60000020)
    out += section(b".data", rva, len(blob), offset, 0xC0000040)
    return out.ljust(offset, b"\0") + blob + table


def macho(word=8, order="<", inline=True, section=True, version="go1.22.5", text=TEXT, cpu=7):
    wide = word == 8
    base = 0x100000
    segment, part = (72, 80) if wide else (56, 68)
    commands = segment * 2 + (part if section else 0) + 24
    header = 32 if wide else 28
    offset = (header + commands + 15) & ~15
    blob = data(base, order, word, inline, version, text)

    def load(name, addr, size, off, sections):
        out = struct.pack(order + "II16s", 0x19 if wide else 1, segment + part * len(sections), name)
        out += pack(order, word, addr, size, off, size)
        out += struct.pack(order + "IIII", 3, 3, len(sections), 0)
        return out + b"".join(sections)

    def piece(name, addr, size, off):
        out = struct.pack("16s16s", name, b"__DATA") + pack(order, word, addr, size)
        return out + struct.pack(order + "IIIIIII", off, 4, 0, 0, 0, 0, 0) + bytes(4 if wide else 0)

    sections = [piece(b"__go_buildinfo", base, len(blob), offset)] if section else []
    body = load(b"__PAGEZERO", 0, 0, 0, []) + load(b"__DATA", base, len(blob), offset, sections)
    names = b"\0_main\0"
    symbol = struct.pack(order + "IBBH", 1, 15, 1, 0) + pack(order, word, base)
    at = offset + len(blob)
    body += struct.pack(order + "IIIIII", 2, 24, at, 1, at + len(symbol), len(names))
    magic = 0xFEEDFACF if wide else 0xFEEDFACE
    out = struct.pack(order + "IIIIIII", magic, cpu | (1 << 24 if wide else 0), 3, 2, 3, commands, 0)
    return (out + bytes(header - 28) + body).ljust(offset, b"\0") + blob + symbol + names


def fat(*images):
    at = 8 + 20 * len(images)
    head, body = struct.pack(">II", 0xCAFEBABE, len(images)), b""
    for i, image in enumerate(images):
        head += struct.pack(">IIIII", 7 + i, 3, at + len(body), len(image), 0)
        body += image
    return head + body


def all_of_them():
    out = {}
    for word in (4, 8):
        for inline in (True, False):
            how = "%d-%s" % (8 * word, "inline" if inline else "pointers")
            for order, name in (("<", "le"), (">", "be")):
                for section in (True, False):
                    where = "section" if section else "data"
                    out["elf-%s-%s-%s" % (how, name, where)] = elf(word, order, inline, section)
                    out["macho-%s-%s-%s" % (how, name, where)] = macho(word, order, inline, section)
            out["pe-" + how] = pe(word, inline)
    out["pe-symbols"] = pe(symbols=True)
    out["fat"] = fat(macho(cpu=7), macho(4, "<", cpu=12))
    out["no-modules"] = elf(text="")
    out["old"] = elf(inline=False, version="go1.13.15", text=TEXT[: TEXT.index("build")])
    out["experiment"] = elf(version="go1.21.3 X:rangefunc")
    out["devel"] = elf(version="devel go1.24-0123456789 Mon Jan 1 00:00:00 2024 +0000")
    out["many"] = elf(text=TEXT + "dep\texample.com/x\tv1.0.0\th1:D=\n" * 40)
    return out


def main(arguments):
    top, names = pathlib.Path(arguments[0]), arguments[1:]
    top.mkdir(parents=True, exist_ok=True)
    for name, content in all_of_them().items():
        if not names or name in names:
            path = top / name
            path.write_bytes(content)
            path.chmod(0o755)


if __name__ == "__main__":
    main(sys.argv[1:])
