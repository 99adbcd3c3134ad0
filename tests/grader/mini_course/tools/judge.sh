#!/bin/sh
# judge.sh --plan FILE: each test of the plan is put to the plain worker, or to the race worker when its name says so.
plan=$2
worker() { sed -n "s/.*\"$1\": \"\([^\"]*\)\".*/\1/p" "$plan"; }
for test in $(sed -n 's/.*"name": "\([^"]*\)".*/\1/p' "$plan"); do
    build=plain
    case $test in *Race*) build=race ;; esac
    printf '{"event":"start","test":"%s"}\n' "$test" >&3
    if answer=$("$(worker $build)" "$test" 3>&- 2>&1); then
        status=$(printf '%s\n' "$answer" | head -n 1)
        message=$(printf '%s\n' "$answer" | tail -n +2)
    else
        status=crashed
        message="the worker died"
    fi
    printf '{"event":"end","test":"%s","status":"%s","seconds":0.1,"message":"%s"}\n' "$test" "$status" "$message" >&3
done
printf '{"event":"metric","name":"tests","value":1}\n' >&3
