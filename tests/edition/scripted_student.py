#!/usr/bin/env python3
"""A student who fills one exercise after another: scripted_student.py WORKBOOK EDITION [CHAPTER ...]. The code comes from the workbook's solutions; everything else
is what an edition's own `./workbook` says. Each exercise must earn nothing before and full marks after, and `status` must reach 100 %."""
import json
import pathlib
import re
import subprocess
import sys
import tomllib


def filled(solution, toml, done):
    """A solution with only the exercises in `done` filled in."""
    kept, block, keep = [], None, True
    for line in solution.split("\n"):
        begin = re.match(r"(\s*)(?://|#) SOLUTION BEGIN (\S+)( removed)?", line)
        if begin:
            indent, exercise, removed = begin.groups()
            keep = exercise in done
            if not keep and not removed:
                kept.append(f'{indent}answer = ""' if toml else f'{indent}throw wb::NotImplemented("{exercise}");')
        elif re.match(r"\s*(?://|#) SOLUTION END", line):
            keep = True
        elif keep:
            kept.append(line)
    return "\n".join(kept)


def in_order_of_needs(exercises):
    """As a student comes to them: those that one calls before itself."""
    by_name, order = {e["id"]: e for e in exercises}, []

    def take(exercise):
        for need in exercise.get("needs", []):
            take(by_name[need])
        if exercise not in order:
            order.append(exercise)
    for exercise in exercises:
        take(exercise)
    return order


def main():
    root, edition = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    chapters = sys.argv[3:] or sorted(p.name for p in (edition / "starter").iterdir())
    report = edition / "build/scripted_student.json"

    def workbook(*words):
        ran = subprocess.run([edition / "workbook", *words], capture_output=True, text=True, cwd=edition)
        if ran.returncode > 1:
            sys.exit(f"workbook {' '.join(words)}: status {ran.returncode}\n{ran.stdout}{ran.stderr}")
        return ran.stdout

    def check(exercise):
        workbook("check", exercise, "--json", str(report))
        found = [e for c in json.loads(report.read_text())["chapters"] for e in c["exercises"] if e["id"] == exercise]
        return found[0]

    def points():
        text = re.sub(r"\x1b\[[0-9;]*m", "", workbook("status"))
        score, most = re.findall(r"([\d.]+) of ([\d.]+) points", text)[-1]
        return float(score), float(most)

    faults, last = [], 0.0
    for chapter in chapters:
        done = set()
        toml = tomllib.loads((edition / "chapters" / chapter / "chapter.toml").read_text())
        for exercise in in_order_of_needs(toml["exercise"]):
            name = exercise["id"]
            before = check(name)
            if before["score"] != 0:
                faults.append(f"{name}: {before['score']} points before anything was done")
            done.add(name)
            for file in exercise["files"]:
                solution = (root / "solutions" / chapter / file).read_text()
                (edition / "starter" / chapter / file).write_text(filled(solution, file.endswith(".toml"), done))
            after = check(name)
            score, most = points()
            print(f"{name:5} {after['score']:5g} / {after['max_score']:<5g} status: {score:g} of {most:g}", flush=True)
            if after["score"] != after["max_score"]:
                faults += [f"{name}: {t['name']}: {t['status']}: {t['message'][:300]}" for t in after["tests"] if t["status"] != "passed"]
            if after["max_score"] > 0 and score <= last:
                faults.append(f"{name}: status did not rise from {last:g}")
            last = score
    score, most = points()
    if len(chapters) == len(list((edition / "starter").iterdir())) and score != most:
        faults.append(f"status says {score:g} of {most:g} points at the end")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
