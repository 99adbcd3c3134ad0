#include "autograder/classroom.hpp"

#include <fmt/format.h>

namespace wb::grader {
namespace {

constexpr const char* workflow =
    R"yml(# Checks starter/ at each push, and tells GitHub Classroom the points. Written by ./workbook autograder classroom.
# Students can change this file and all that it runs: it is for them. Grade by ./workbook grade --class CLONES --roster ROSTER.csv.
name: Autograding Tests
on:
  - push
  - workflow_dispatch
  - repository_dispatch
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  run-autograding-tests:
    runs-on: ubuntu-24.04
    timeout-minutes: 120
    if: github.actor != 'github-classroom[bot]'
    steps:
      - name: Checkout code
        uses: actions/checkout@v4
      - name: Keep what was compiled
        uses: actions/cache@v4
        with:
          path: ~/.cache/ccache
          key: workbook-${{{{ github.run_id }}}}
          restore-keys: workbook-
      - name: Install ccache
        run: sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends ccache
      - name: Check the exercises
        id: workbook
        run: |
          status=0
          ./workbook check{chapters} --classroom "$RUNNER_TEMP/points.json" || status=$?
          [ "$status" -le 1 ] || exit "$status"  # 1: something failed, and the points say what
          echo "result=$(base64 -w0 "$RUNNER_TEMP/points.json")" >>"$GITHUB_OUTPUT"
      - name: Autograding Reporter
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
          WORKBOOK_RESULTS: "${{{{ steps.workbook.outputs.result }}}}"
        with:
          runners: workbook
)yml";

}  // namespace

std::string classroom_workflow(const std::vector<const Chapter*>& chapters) {
    std::string words;
    for (const Chapter* chapter : chapters) words += " " + chapter->id;
    return fmt::format(workflow, fmt::arg("chapters", words));
}

}  // namespace wb::grader
