#!/usr/bin/env python3
"""clang-tidy over every file of a compilation database, a dozen files at once.

Most of the time that clang-tidy takes for a file goes into the headers it includes: tensors, GoogleTest, JSON. So files that are compiled
alike are included by one, and looked at together. Where together they do not compile (two files may each have a `tolerance` of their own),
or where something is found, the files that are named are looked at again, each by itself, and only what is found then counts.

What had no finding is remembered by its preprocessed text and command, for every clone on this machine.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path.cwd()
BUILD = ROOT / sys.argv[1]
TOGETHER = 12  # files: more would save little, and one finding would cost more
TIDY, CLANG = "clang-tidy-14", "clang++-14"

memory = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "attention-workbook" / "tidy"
memory.mkdir(parents=True, exist_ok=True)
checks = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout + (ROOT / ".clang-tidy").read_text()


def compiled_files():
    """(Target, flags) -> files that are compiled so. A file that several programs share is looked at once; what the build wrote is not."""
    alike, seen = {}, set()
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"])
        if file in seen or BUILD.parent in file.parents:
            continue
        seen.add(file)
        words = shlex.split(entry["command"])
        compiler = next(i for i, word in enumerate(words) if "clang++" in word)  # ccache stands before it
        output = pathlib.Path(words[words.index("-o") + 1])
        target = next((folder for folder in output.parents if folder.suffix == ".dir"), None)
        one_a_program = file if ENTRY.search(file.read_text()) else None
        alike.setdefault((target, one_a_program, *words[compiler + 1:words.index("-o")]), []).append(file)
    return alike


def batches(alike):
    for (_, _, *flags), files in alike.items():
        count = -(-len(files) // TOGETHER)
        size = -(-len(files) // count)
        for first in range(0, len(files), size):
            yield flags, files[first:first + size]


ENTRY = re.compile(r"^(int main|extern \"C\" int LLVMFuzzerTestOneInput)\(", re.M)  # a batch can have one only

# These define nothing that another file uses, unless a member of a class or what is found by its argument: their names can be put apart.
OWN_NAMES = re.compile(r"_(test|cases|bindings)\.cpp$")
SHARED_DEFINITION = re.compile(r"^(template <>|static void PrintTo|\S.*\b[A-Z]\w*::~?\w+( =|\())", re.M)


def included(place, number, file):
    """The path by which a batch includes the file: its own, or that of a copy whose `namespace wb` holds one more namespace."""
    text = file.read_text()
    if not OWN_NAMES.search(file.name) or SHARED_DEFINITION.search(text):
        return file
    copy = place / file.relative_to(ROOT)  # below a folder of the same name, which .clang-tidy's HeaderFilterRegex asks for
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(re.sub(r"^namespace ([\w:]+) \{$", rf"namespace \1::file_{number} {{", text, flags=re.M))
    return copy


def findings(flags, files):
    """What clang-tidy says of these files, looked at together."""
    flags = list(flags)
    if len(files) == 1:
        source = files[0]
    else:
        name = hashlib.sha256(" ".join(map(str, files)).encode()).hexdigest()[:16]
        place = BUILD / "tidy" / name
        place.mkdir(parents=True, exist_ok=True)
        source = place / "together.cpp"
        source.write_text("".join(f'#include "{included(place, i, file)}"  // NOLINT(bugprone-suspicious-include)\n'
                                  for i, file in enumerate(files)))
        for folder in dict.fromkeys(file.parent for file in files):
            flags += ["-iquote", str(folder)]
    # -CC keeps the comments: NOLINT is one. The command says which warnings are asked for.
    text = subprocess.run([CLANG, *flags, "-E", "-CC", str(source)], cwd=BUILD, capture_output=True, text=True, check=True).stdout
    key = memory / hashlib.sha256("\0".join([checks, *flags, text]).replace(str(ROOT), "").encode()).hexdigest()
    if key.exists():
        key.touch()
        return ""
    run = subprocess.run([TIDY, "--quiet", str(source), "--", *flags], cwd=BUILD, capture_output=True, text=True)
    if run.returncode == 0 and not run.stdout.strip():
        key.touch()
        return ""
    said = run.stdout or run.stderr
    return said if len(files) == 1 else said.replace(str(place), str(ROOT))


def look_at(flags, files):
    """What counts of a batch."""
    said = findings(flags, files)
    if not said or len(files) == 1:
        return said
    named = [file for file in files if f"{file}:" in said] or files
    rest = [file for file in files if file not in named]
    return "".join(look_at(flags, part) for part in [[file] for file in named] + ([rest] if rest else []))


def main():
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        runs = [pool.submit(look_at, *batch) for batch in batches(compiled_files())]
        bad = False
        for run in concurrent.futures.as_completed(runs):
            if run.result():
                bad = True
                print(run.result(), flush=True)
    return 1 if bad else 0


sys.exit(main())
