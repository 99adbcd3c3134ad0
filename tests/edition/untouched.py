#!/usr/bin/env python3
"""untouched.py EDITION: builds the edition by its own command and checks its starter: nothing is earned, and every exercise says that it is not
implemented. What needs a full workbook says so in one line."""
import json
import pathlib
import subprocess
import sys

edition = pathlib.Path(sys.argv[1])
report = edition / "build/untouched.json"


def workbook(*words):
    return subprocess.run([edition / "workbook", *words], capture_output=True, text=True, cwd=edition)


faults = []
ran = workbook("check", "--json", str(report))
if ran.returncode != 1:
    faults.append(f"check: status {ran.returncode}\n{ran.stdout}{ran.stderr}")
else:
    whole = json.loads(report.read_text())
    if whole["score"] != 0 or whole["max_score"] <= 0:
        faults.append(f"check: {whole['score']} of {whole['max_score']} points for the starter")
    for chapter in whole["chapters"]:
        for exercise in chapter["exercises"]:
            states = {test["status"] for test in exercise["tests"]}
            if states != {"not_implemented"}:
                faults.append(f"{exercise['id']}: {states}")
for words, says in [(("mutants",), "student edition"), (("alternates",), "student edition"), (("starter",), "student edition"), (("bench",), "student edition"),
                    (("export", "--out", "x.zip"), "student edition"), (("autograder", "gradescope", "x.zip"), "student edition"),
                    (("check", "--seed", "2"), "student edition"), (("grade", "solutions"), "solutions")]:
    ran = workbook(*words)
    if ran.returncode != 2 or says not in ran.stderr or ran.stderr.count("\n") > 1:
        faults.append(f"{' '.join(words)}: status {ran.returncode}: {ran.stdout}{ran.stderr}")
print("\n".join(faults))
sys.exit(1 if faults else 0)
