#!/bin/sh
# make_cases.sh --out DIR --seed N
echo "seed $4" >"$2/cases.txt"
echo "$4" >>"$(dirname "$0")/cases_made"
