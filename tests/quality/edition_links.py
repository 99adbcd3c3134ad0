#!/usr/bin/env python3
"""No page of the student edition leads to what the edition lacks: solutions, oracles, mutants, an instructor's pages.

    edition_links.py ROOT     of the workbook, or of an edition of all chapters

Read are the pages that students get: docs/edition/, the handouts, the guides. A link leads to a file of this workbook that is in the
edition, or to a heading of such a page. A path that a page, a contract or a starter names without a link is there too, and a command is one that an
edition has; or the paragraph says that it is of the full workbook.
"""
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
LACKING = ("solutions", "benchmarks", *(f"tests/{folder}" for folder in (
               "oracles", "mutants", "alternates", "goldens", "kernels", "solutions", "course", "attacks", "grader", "quality", "site", "edition")),
           "docs/worked_example", "docs/instructors_guide.md", "docs/class.md", "docs/autograders.md", "docs/sandbox.md", "docs/cost.md",
           "docs/homework.md", "docs/edition", "docs/make_kernel_tables", "docs/make_pictures", "CHANGELOG.md")
PAGES = (*(("docs/edition/*.md",) if (ROOT / "docs/edition").is_dir() else ("*.md",)), "chapters/*/README.md", "docs/students_guide.md",
         "docs/kernel_lab.md", "docs/three_kernels.md", "kernels/README.md", "datasets/README.md", "docs/results.md")
CODE = ("chapters/*/*.hpp", "chapters/*/chapter.toml", "starter/*/*")
PATH = re.compile(r"(?<![\w./-])(?:benchmarks|chapters|cmake|datasets|docs|grader|kernels|library|solutions|starter|tests)/[\w./*-]*\w|CHANGELOG\.md")
COMMAND = re.compile(r"(?:--submission|--against|grade) solutions\b|\./workbook (?:alternates|autograder|bench|export|mutants|new-\w+|sample|starter)\b")


def prose(markdown):
    """The lines outside fenced blocks, with their numbers and without code spans."""
    fenced = False
    for number, line in enumerate(markdown.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, re.sub(r"`[^`]*`", "", line)


def anchors(page):
    """The names that GitHub gives to the headings."""
    for _, line in prose(page.read_text()):
        if match := re.match(r"#+ (.*)", line):
            yield re.sub(r"[^\w\- ]", "", match[1].lower()).replace(" ", "-")


def lives_at(page):
    """Where the page lies in an edition: docs/edition/ is its root."""
    return pathlib.Path(page.name) if page.parent == pathlib.Path("docs/edition") else page


def source_of(path):
    """The file here that an edition has at `path`."""
    own = ROOT / "docs/edition" / path
    return own if own.is_file() else ROOT / path


def complaint(page, link):
    """What is wrong with a link of a page; nothing when it leads somewhere."""
    if "://" in link or link.startswith("mailto:"):
        return None
    file, _, anchor = link.partition("#")
    place = lives_at(page)
    path = pathlib.Path(os.path.normpath(place.parent / file)) if file else place
    if path.parts[:1] == ("..",) or path.is_absolute():
        return "leads out of the workbook"
    for lacking in LACKING:
        if path == pathlib.Path(lacking) or pathlib.Path(lacking) in path.parents:
            return f"leads to {path}, which a student edition lacks: mention it without a link"
    source = source_of(path)
    if not source.exists():
        return f"leads to {path}, which is not there"
    if anchor and source.suffix == ".md" and re.sub(r"`", "", anchor) not in set(anchors(source)):
        return f"leads to a heading that {path} does not have"
    return None


def paragraphs(text):
    """What stands between two blank lines, and the number of the first line of each."""
    number = 1
    for block in re.split(r"\n[ \t]*\n", text):
        yield number, block
        number += block.count("\n") + 2


def is_lacking(path):
    if any(path == pathlib.Path(one) or pathlib.Path(one) in path.parents for one in LACKING):
        return True
    return not (list(ROOT.glob(str(path))) if "*" in path.name else source_of(path).exists())


def mentions(file):
    """Complaints about what the file names and a student cannot find."""
    for number, block in paragraphs((ROOT / file).read_text()):
        if "full workbook" in re.sub(r"\s+(?:///? |#  )?", " ", block):
            continue
        for match in [*PATH.finditer(block), *COMMAND.finditer(block)]:
            if match.re is COMMAND or ("NN_name" not in match[0] and is_lacking(pathlib.Path(match[0]))):
                line = number + block.count("\n", 0, match.start())
                yield f"{file}:{line}: mentions \"{match[0]}\", which a student edition lacks: leave it out, or say that it is of the full workbook"


def main():
    pages = [page.relative_to(ROOT) for pattern in PAGES for page in sorted(ROOT.glob(pattern))]
    links, complaints = 0, []
    for page in pages:
        for number, line in prose((ROOT / page).read_text()):
            for link in re.findall(r"\]\(([^)\s]+)\)", line):
                links += 1
                if what := complaint(page, link):
                    complaints.append(f"{page}:{number}: the link to \"{link}\" {what}")
    code = [file.relative_to(ROOT) for pattern in CODE for file in sorted(ROOT.glob(pattern)) if file.is_file()]
    for file in [*pages, *code]:
        complaints += mentions(file)
    print("\n".join(complaints))
    if links < 100:
        complaints.append("the pages were not read")
    print(f"{links} links on {len(pages)} pages, {len(code)} other files; {len(complaints)} lead where a student cannot go")
    return 1 if complaints else 0


sys.exit(main())
