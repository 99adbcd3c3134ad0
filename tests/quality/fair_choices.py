#!/usr/bin/env python3
"""fair_choices.py ROOT: the right option of a choice question is known by what it says, not by how it looks.

Over all choice questions of the course, the right option may be the longest, or stand at any one place, about as often as chance has it: once in k where
k options are offered. The bound is the mean plus three standard deviations of that many independent draws, which fair questions exceed in about one
course of a thousand; of 21 questions with four options, 11.
"""
import math
import pathlib
import sys
import tomllib

root = pathlib.Path(sys.argv[1])
longest, places, chances = 0, {}, []
for course in sorted(root.glob("chapters/*/chapter.toml")):
    key = tomllib.loads((root / "tests" / course.parent.name / "answer_key.toml").read_text())
    for exercise in tomllib.loads(course.read_text())["exercise"]:
        for question in exercise.get("question", []):
            if question["kind"] != "choice":
                continue
            right = key[question["id"]]["answer"]
            lengths = [len(option) for option in question["options"]]
            longest += lengths[right - 1] == max(lengths)
            places[right] = places.get(right, 0) + 1
            chances.append(1 / len(lengths))

mean = sum(chances)
bound = mean + 3 * math.sqrt(sum(chance * (1 - chance) for chance in chances))
faults = []
if longest > bound:
    faults.append(f"the right option is the longest in {longest} of {len(chances)} choice questions; by chance it would be in {mean:.0f}, "
                  f"and more than {math.floor(bound)} is a hint. Shorten right options, or make wrong ones as exact")
for place, count in sorted(places.items()):
    if count > bound:
        faults.append(f"option {place} is right in {count} of {len(chances)} choice questions; by chance it would be in {mean:.0f}. Change the order")
if not chances:
    faults.append("no choice question was found")
print("\n".join(faults) or f"{len(chances)} choice questions, the right option is the longest in {longest}")
sys.exit(bool(faults))
