# SPDX-License-Identifier: GPL-2.0
"""Says where a command's options, its --help and its manual page differ, or what a page lacks.

usage: documented.py HFTRACE TOP
"""
import pathlib
import re
import subprocess
import sys

OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*|-[a-zA-Z])(?![\w-])")


def help_options(text):
    """Of the terms of --help: two blanks, the option, what it takes, two blanks, what it is."""
    found = set()
    for line in text.splitlines():
        if re.match(r"  -", line):
            found.update(OPTION.findall(re.split(r" {2,}", line.strip())[0]))
    return found


def page_options(text):
    """Of the terms of the page: the line behind .TP or .TQ."""
    found = set()
    for term in re.findall(r"^\.T[PQ].*\n(.*)", text, re.M):
        plain = re.sub(r'"|\\f.|^\.[A-Z]+', " ", term.replace("\\-", "-").replace('", "', " "))
        if plain.lstrip().startswith("-"):
            found.update(OPTION.findall(plain))
    return found


def source_options(text):
    return {"--" + name for name in re.findall(r'^\t+\{ "([a-z-]+)", (?:no|required)_argument', text, re.M)}


def complaints(command, help_text, page, source):
    in_help, in_page, in_source = help_options(help_text), page_options(page), source_options(source)
    for option in sorted(in_help - in_page):
        yield f"{option} is in --help, not in the manual page"
    for option in sorted(in_page - in_help):
        yield f"{option} is in the manual page, not in --help"
    long_options = {option for option in in_help if option.startswith("--")}
    for option in sorted(in_source ^ long_options):
        yield f"{option} is {'in the program' if option in in_source else 'in --help'} alone"
    for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "FILES", "EXAMPLES", "SEE ALSO"):
        if not re.search(rf"^\.SH {section}$", page, re.M):
            yield f"the manual page has no {section}"
    if not re.search(r"^\.EX$", page, re.M):
        yield "the manual page has no example"
    codes = re.search(r"^Exit status: (.*?)\n\n", help_text + "\n\n", re.M | re.S)
    if not codes:
        yield "--help tells no exit status"
        return
    told = set(re.findall(r"(?:^|[,;\n] ?)(\d+) ", codes[1]))
    section = re.search(r"^\.SH EXIT STATUS$(.*?)(?=^\.SH)", page, re.M | re.S)
    paged = set(re.findall(r"^\.BR? (\d+)$", section[1], re.M)) if section else set()
    for code in sorted(told ^ paged):
        yield f"exit status {code} is in {'--help' if code in told else 'the manual page'} alone"


def main(hftrace, top):
    top = pathlib.Path(top)
    overview = subprocess.run([hftrace, "help"], capture_output=True, text=True, check=True).stdout
    commands = re.findall(r"^  ([a-z]+) +[A-Z]", overview, re.M)
    sources = {name: path.read_text() for path in (top / "tools").glob("cmd_*.c")
               for name in re.findall(r'^\t\.name = "([a-z]+)"', path.read_text(), re.M)}
    summary = (top / "docs/man/hftrace.1").read_text()
    wrong = 0
    for command in commands:
        page_file = top / "docs/man" / f"hftrace-{command}.1"
        if not page_file.exists():
            print(f"{command}: no manual page {page_file.name}")
            wrong += 1
            continue
        page = page_file.read_text()
        if page.startswith(".so"):
            page = (top / "docs/man" / page.split()[1].split("/")[-1]).read_text()
        if f"hftrace\\-{command} (1)" not in summary and f"hftrace-{command} (1)" not in summary:
            print(f"{command}: not in hftrace(1)")
            wrong += 1
        help_text = subprocess.run([hftrace, command, "--help"], capture_output=True, text=True,
                                   check=True).stdout
        for complaint in complaints(command, help_text, page, sources[command]):
            print(f"{command}: {complaint}")
            wrong += 1
    if not commands:
        print("no commands")
    return wrong > 0 or not commands


sys.exit(main(*sys.argv[1:]))
