#!/usr/bin/env python3
"""Looks for what an edition must not hold: secrets.py WORKBOOK EDITION. Independent of the export's own check, and stricter: it knows
oracles, case makers, mutants, alternates and answer keys, too, and looks into every file, whatever it is."""
import pathlib
import re
import subprocess
import sys

SHORTEST = 8  # of a line that says something
OF_A_SOLUTION, OF_OTHERS = 3, 5  # lines in a row; fewer are idioms, and what a judge and its case maker both need is no secret


def passages(lines, in_a_row):
    """Every so many lines that say something: their text, and the number of the first."""
    said = [(n, line.strip()) for n, line in enumerate(lines, 1) if len(line.strip()) >= SHORTEST]
    for at in range(len(said) - in_a_row + 1):
        yield "\n".join(text for _, text in said[at:at + in_a_row]), said[at][0]


def passages_of_both(lines):
    yield from passages(lines, OF_A_SOLUTION)
    yield from passages(lines, OF_OTHERS)


def solution_blocks(text):
    for block in re.findall(r"SOLUTION BEGIN[^\n]*\n(.*?)[^\n]*SOLUTION END", text, re.S):
        yield block.split("\n")


def secret_texts(root, tracked):
    """Lists of lines that are nobody's to hand out, and where they stand."""
    for name in tracked:
        path = root / name
        if name.startswith("solutions/"):
            for block in solution_blocks(path.read_text(errors="replace")):
                yield block, name
        elif name.startswith("tests/alternates/") and path.suffix in (".cpp", ".cu"):
            starter = root / "starter" / pathlib.Path(name).parts[2] / path.name  # what students have of it already
            known = set(starter.read_text().split("\n")) if starter.exists() else set()
            yield [line for line in path.read_text().split("\n") if line not in known], name
        elif name.startswith(("tests/oracles/", "tests/goldens/")) and path.suffix in (".cpp", ".hpp", ".py"):
            yield path.read_text().split("\n"), name
        elif re.match(r"tests/\d\d_\w+/(make_|trusted_)", name):
            yield path.read_text().split("\n"), name
        elif name.endswith("/answer_key.toml"):
            yield path.read_text().split("\n"), name
        elif name.startswith("tests/mutants/"):
            yield [line for line in path.read_text().split("\n")[:8] if ":" in line], name


def main():
    root, edition = map(pathlib.Path, sys.argv[1:])
    tracked = subprocess.run(["git", "-C", root, "ls-files"], check=True, capture_output=True, text=True).stdout.split()
    handed_out = {name for name in tracked if (edition / name).exists()}
    given = set()  # passages that the workbook's own given files share with a secret one: licences, includes, loops in library/
    for name in handed_out:
        if name.startswith(("library/", "kernels/", "grader/", "cmake/")):
            given.update(text for text, _ in passages_of_both((root / name).read_text(errors="replace").split("\n")))
    secrets = {}
    for lines, name in secret_texts(root, tracked):
        said = [line for line in lines if not line.startswith(("#include", "/// @file", "using ", "namespace ", "import "))]
        exact = name.startswith("solutions/") or name.endswith(".toml") or name.startswith("tests/mutants/")
        for text, _ in passages(said, OF_A_SOLUTION if exact else OF_OTHERS):
            if text not in given:
                secrets.setdefault(text, name)

    faults = []
    for path in sorted(p for p in edition.rglob("*") if p.is_file()):
        name = path.relative_to(edition).as_posix()
        if re.match(r"build/", name):
            continue
        if re.match(r"(solutions|tests/(oracles|goldens|mutants|alternates|solutions|course|attacks|quality|kernels))/|\.git/", name) \
                or re.search(r"/(make_\w+|trusted_\w+)\.[ch]pp$|answer_key|CHANGELOG|instructors_guide", name):
            faults.append(f"{name}: not for students")
        if path.suffix in (".o", ".a", ".so") or path.read_bytes()[:4] == b"\x7fELF":
            faults.append(f"{name}: a binary, in which anything may be")
        lines = [line for line in path.read_bytes().decode("latin-1").split("\n")]
        kept = [(n, line) for n, line in enumerate(lines, 1)
                if not line.startswith(("#include", "/// @file", "using ", "namespace ", "import "))]
        for text, at in passages_of_both([line for _, line in kept]):
            if text in secrets:
                faults.append(f"{name}:{kept[at - 1][0]}: as in {secrets[text]}: {text.splitlines()[0]} ...")
    for fault in faults:
        print(fault)
    print(f"{len(secrets)} passages looked for in {sum(1 for p in edition.rglob('*') if p.is_file())} files: {len(faults)} found")
    return 1 if faults or len(secrets) < 1000 else 0


if __name__ == "__main__":
    sys.exit(main())
