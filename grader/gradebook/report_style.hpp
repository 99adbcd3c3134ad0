/// @file
/// What the pages of a class and its students add to the look of every page (html/page.hpp).
#pragma once

namespace wb::grader {

/// Bars have their numbers beside them, states their words.
inline constexpr const char* report_style = R"css(main { max-width: 64rem; }
section { margin-bottom: 2rem; }
p, dd { overflow-wrap: anywhere; }
h2 { margin: 2.25rem 0 .5rem; }
h3 { margin: 1.25rem 0 .25rem; }
h4 { font-size: .95rem; margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th { text-align: left; color: var(--quiet); font-weight: 400; font-size: .8rem; vertical-align: bottom; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--rule); }
td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
.figure { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.name { min-width: 9rem; }
.id { min-width: 6rem; }
.state { white-space: nowrap; }
.remark { color: var(--quiet); font-size: .85rem; }
.bad { color: var(--bad); }
ul { margin: .2rem 0; padding-left: 1.2rem; }
ol { padding-left: 1.6rem; }
li { overflow-wrap: anywhere; }
.mistakes > li { margin-bottom: 1rem; }
.mistakes p { margin: .1rem 0; }
pre { margin: .4rem 0; padding: .5rem .7rem; background: var(--card); border-radius: .4rem; font: .8rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
.exercise { border-top: 1px solid var(--rule); padding: .75rem 0; }
.exercise h3 { margin: 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem; justify-content: space-between; }
.exercise h3 span + span { font-weight: 400; white-space: nowrap; font-variant-numeric: tabular-nums; }
.test { margin: .6rem 0; padding-left: .8rem; border-left: 3px solid var(--bad); }
.answer { margin: .6rem 0; padding-left: .8rem; border-left: 3px solid var(--rule); }
svg { display: block; max-width: 100%; height: auto; font: 11px system-ui, sans-serif; }
svg text { fill: var(--ink); text-anchor: middle; }
svg text.quiet { fill: var(--quiet); }
.bar { fill: var(--used); }
.floor { stroke: var(--rule); }
.share { fill: var(--rule); }
@media (max-width: 44rem) {
  table, tbody { display: block; }
  thead { display: none; }
  tr { display: flex; flex-wrap: wrap; gap: .1rem 1rem; padding: .5rem 0; border-bottom: 1px solid var(--rule); }
  td { border: 0; padding: 0; }
  td:empty { display: none; }
  td.name, td.wide { flex: 0 0 100%; }
  td[data-label]::before { content: attr(data-label) " "; color: var(--quiet); }
}
@media print {
  a { color: inherit; text-decoration: none; }
  .exercise h3, h2, h4 { break-after: avoid; }
  .test, .answer, .mistakes > li { break-inside: avoid-page; }
}
)css";

}  // namespace wb::grader
