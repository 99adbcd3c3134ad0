#!/usr/bin/env python3
"""The judges' sources, from which the student edition is built, reach no oracle.

    edition_sources.py SOURCE.cpp ...

Follows the quoted includes of each source. A file that gives an exercise away (an oracle, a case maker, a trusted model, a solution) ends
the run with status 1 and one line for each: the file, and the includes that lead to it.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path.cwd().resolve()
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
SECRET_FOLDERS = ("solutions", "tests/oracles", "tests/mutants", "tests/alternates", "tests/goldens")
SECRET_NAMES = re.compile(r"^(make_|trusted_)|_oracle\.(hpp|cpp)$")


def is_secret(file):
    name = file.relative_to(ROOT).as_posix()
    return name.startswith(tuple(folder + "/" for folder in SECRET_FOLDERS)) or bool(SECRET_NAMES.search(file.name))


def included_by(file):
    """The workbook's own files that it includes. A quoted name may be found in any of the folders that the targets add."""
    chapter = ROOT / "chapters" / file.relative_to(ROOT).parts[1]
    folders = [file.parent, chapter, *(ROOT / folder for folder in ("library", "kernels", "grader", "tests", "tests/oracles"))]
    for name in INCLUDE.findall(file.read_text()):
        yield next((found.resolve() for folder in folders if (found := folder / name).is_file()), None)


def secrets_from(source):
    """Chains of includes, each from the source to a file that gives an exercise away; the shortest for each."""
    seen, chains = {source}, [[source]]
    for chain in chains:  # grows: breadth first
        if is_secret(chain[-1]):
            yield chain
            continue
        for file in included_by(chain[-1]):
            if file and file not in seen and ROOT in file.parents:
                seen.add(file)
                chains.append([*chain, file])


sources = [pathlib.Path(name).resolve() for name in sys.argv[1:]]
if not sources:
    sys.exit("edition_sources.py: no sources were named")
found = [chain for source in sources for chain in secrets_from(source)]
for chain in found:
    names = [file.relative_to(ROOT).as_posix() for file in chain]
    print(f"{names[-1]} would be in the student edition: {' -> '.join(names)}. "
          "Move what the test needs into a header without the answer, or let the case maker write the answer into a case.")
sys.exit(1 if found else 0)
