#!/usr/bin/env python3
"""No page of the student edition links to what the edition lacks: solutions, oracles, mutants, an instructor's pages.

Read are the pages that students get: docs/edition/, the handouts, the guides. A link leads to a file of this workbook that is in the
edition, or to a heading of such a page. A mention without a link is nobody's dead end.
"""
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
LACKING = ("solutions", "benchmarks", "tests/oracles", "tests/mutants", "tests/alternates", "tests/goldens", "tests/kernels", "docs/worked_example",
           "docs/instructors_guide.md", "docs/class.md", "docs/autograders.md", "docs/sandbox.md", "docs/cost.md", "docs/homework.md", "docs/edition",
           "CHANGELOG.md")
PAGES = ("docs/edition/*.md", "chapters/*/README.md", "docs/students_guide.md", "docs/kernel_lab.md", "docs/three_kernels.md",
         "kernels/README.md", "datasets/README.md", "docs/results.md")


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


def main():
    pages = [page.relative_to(ROOT) for pattern in PAGES for page in sorted(ROOT.glob(pattern))]
    links, complaints = 0, []
    for page in pages:
        for number, line in prose((ROOT / page).read_text()):
            for link in re.findall(r"\]\(([^)\s]+)\)", line):
                links += 1
                if what := complaint(page, link):
                    complaints.append(f"{page}:{number}: the link to \"{link}\" {what}")
    print("\n".join(complaints))
    if links < 100:
        complaints.append("the pages were not read")
    print(f"{links} links on {len(pages)} pages; {len(complaints)} lead where a student cannot go")
    return 1 if complaints else 0


sys.exit(main())
