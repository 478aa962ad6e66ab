#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What stands at addresses of a process, by binutils, and of the kernel, by /proc/kallsyms.

named_witness.py choose MAPS COUNT FILE...: random addresses in the functions of these files, as
MAPS of the process has them mapped: "ADDRESS FILE OFFSET_BY_LINKER" a line.

named_witness.py compare CHOSEN DUMP: where what "hftrace dump --json" says of chosen addresses
differs from what addr2line says of them.

named_witness.py choose-kernel KALLSYMS COUNT [MODULE]: random addresses in functions of the kernel or of a
module, as KALLSYMS has them. named_witness.py compare-kernel KALLSYMS DUMP: what DUMP says of them, likewise.
"""
import bisect
import json
import random
import re
import subprocess
import sys


def code_segments(path):
    """(offset, address, bytes) of what is to be executed"""
    segments = []
    for line in subprocess.run(['readelf', '-lW', path], check=True, capture_output=True, text=True).stdout.split('\n'):
        found = re.match(r'  LOAD +(\w+) (\w+) \w+ (\w+) \w+ ..E', line)
        if found:
            segments.append(tuple(int(number, 16) for number in found.groups()))
    return segments


def functions(path):
    """(address, bytes) by the symbol tables, of those with one name: of two either may be shown"""
    out = subprocess.run(['readelf', '-sW', path], check=True, capture_output=True, text=True).stdout
    names = {}
    for address, size, name in re.findall(r'^ +\d+: (\w+) +(\d+|0x\w+) +I?FUNC +\w+ +\w+ +\d+ ([^@\s]+)', out, re.M):
        names.setdefault(int(address, 16), {})[name] = int(size, 0)
    return sorted((address, size) for address, of in names.items() for size in of.values() if len(of) == 1 and size)


def mapped_code(maps, path):
    """(start, end, offset) of what a process has mapped of a file to be executed"""
    areas = []
    for line in open(maps):
        part = line.split(None, 5)
        if len(part) == 6 and part[5].strip().removesuffix(' (deleted)') == path and 'x' in part[1]:
            areas.append(tuple(int(number, 16) for number in part[0].split('-')) + (int(part[2], 16),))
    return areas


def choose(maps, count, paths):
    random.seed(1)
    for path in paths:
        areas, segments = mapped_code(maps, path), code_segments(path)
        places = []
        for address, size in functions(path):
            for offset, begin, length in segments:
                if begin <= address < begin + length:
                    places.append((address, size, offset - begin))
        for _ in range(int(count)):
            address, size, shift = random.choice(places)
            address += random.randrange(size)
            for start, end, begin in areas:
                if begin <= address + shift < begin + end - start:
                    print('%x %s %x' % (start + address + shift - begin, path, address))


def addr2line(path, addresses):
    """of each address the frames, innermost first: (function, "file:line")"""
    out = subprocess.run(['addr2line', '-a', '-i', '-f', '-C', '-e', path], check=True, text=True,
                         capture_output=True, input='\n'.join('%x' % address for address in addresses)).stdout
    result = {}
    for line in out.split('\n'):
        if re.fullmatch(r'0x\w{16}', line):
            frames = result.setdefault(int(line, 16), [])
            names = []
            frames.clear()
        elif line:
            names.append(line)
            if len(names) == 2:
                where = re.sub(r' \(discriminator \d+\)', '', names[1]).split('/')[-1]
                frames.append((names[0], None if '?' in where or where.endswith(':0') else where))
                names = []
    return result


def parse(text):
    """The frames of "inner (inlined) <- function+0x12 (file.h:3 <- file.c:34)"."""
    found = re.fullmatch(r'(.*?)(\+0x[0-9a-f]+)?( \(([^()]*)\))?', text)
    names = found.group(1).replace(' (inlined)', '').split(' <- ')
    lines = found.group(4).split(' <- ') if found.group(4) and ':' in found.group(4) else [None] * len(names)
    return list(zip(names, [None if line == '?' else line for line in lines]))


def plain(name):
    """without what one function's names differ by: its part, its version"""
    return re.sub(r'(\.(cold|part|isra|constprop|lto_priv)(\.\d+)?)+| \[clone [^]]*\]|@.*', '', name)


def agree(ours, theirs):
    """
    Whether the frames are the same. Where addr2line has no linker's name for an inlined function, as of
    static ones of C++, it repeats the name of the function around it.
    """
    if len(ours) != len(theirs) or plain(ours[-1][0]) != plain(theirs[-1][0]):
        return False
    if theirs[0][1] and [line for _, line in ours] != [line for _, line in theirs]:
        return False
    around = plain(theirs[-1][0])
    return all(plain(name) in (plain(of[0]), around) for (name, _), of in zip(theirs[:-1], ours))


def compare(chosen, dump):
    wanted = [line.split() for line in open(chosen)]
    said = {}
    for line in open(dump):
        record = json.loads(line)
        said[record['fields']['ip']] = record['code']['ip']
    known = {}
    for path in {path for _, path, _ in wanted}:
        known[path] = addr2line(path, [int(address, 16) for _, of, address in wanted if of == path])
    inlined = 0
    for at, path, address in wanted:
        theirs = known[path][int(address, 16)]
        inlined += len(theirs) > 1
        if not agree(parse(said[int(at, 16)]), theirs):
            print('differs at %s of %s: %s, by addr2line %s' % (address, path, said[int(at, 16)], theirs))
    print('compared %d, of them inlined %d' % (len(wanted), inlined))


def kernel_functions(kallsyms):
    """(address, {name}, module or '') in order; of the kernel those that are there after boot"""
    found = {}
    for line in open(kallsyms):
        part = line.split()
        if part[1] in 'tTwW':
            found.setdefault((int(part[0], 16), part[3] if len(part) > 3 else ''), set()).add(part[2])
    end = max(address for (address, _), names in found.items() if '_etext' in names)
    return [(address, names, module) for (address, module), names in sorted(found.items()) if module or address <= end]


def choose_kernel(kallsyms, count, module):
    random.seed(1)
    functions = kernel_functions(kallsyms)
    of = [i for i, function in enumerate(functions[:-1]) if function[2] == module and
          functions[i + 1][2] == module and functions[i + 1][0] - function[0] < 0x4000]
    for _ in range(int(count)):
        i = random.choice(of)
        print('0 %x' % random.randrange(functions[i][0], functions[i + 1][0]))


def compare_kernel(kallsyms, dump):
    functions = kernel_functions(kallsyms)
    starts = [address for address, _, _ in functions]
    count = 0
    for line in open(dump):
        record = json.loads(line)
        ip, said = record['fields']['ip'], record['code']['ip']
        address, names, module = functions[bisect.bisect_right(starts, ip) - 1]
        behind = ('+0x%x' % (ip - address) if ip > address else '') + (' ' + module if module else '')
        if said not in {name + behind for name in names}:
            print('differs at %x: %s, by kallsyms %s%s' % (ip, said, '/'.join(names), behind))
        count += 1
    print('compared %d' % count)


if sys.argv[1] == 'choose-kernel':
    choose_kernel(sys.argv[2], sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else '')
elif sys.argv[1] == 'compare-kernel':
    compare_kernel(sys.argv[2], sys.argv[3])
elif sys.argv[1] == 'choose':
    choose(sys.argv[2], sys.argv[3], sys.argv[4:])
else:
    compare(sys.argv[2], sys.argv[3])
