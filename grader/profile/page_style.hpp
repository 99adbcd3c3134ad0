/// @file
/// What the profile's page adds to the look of every page (html/page.hpp).
#pragma once

namespace wb::grader {

/// Heat is a colour behind a number that says the same. --h is its strength, 0 to 1.
inline constexpr const char* profile_style =
    R"css(.side { border: 1px solid var(--rule); border-radius: .3rem; padding: 0 .4rem; font-size: .9rem; font-weight: 400; }
table { width: 100%; border-collapse: collapse; font-size: .8rem; margin-bottom: 1rem; }
th { white-space: nowrap; color: var(--quiet); font-weight: 400; text-align: right; vertical-align: bottom; padding: .2rem .5rem; border-bottom: 1px solid var(--rule); }
th.code { text-align: left; }
td { padding: .1rem .5rem; text-align: right; vertical-align: top; white-space: nowrap; }
.number { color: var(--quiet); width: 3rem; font-variant-numeric: tabular-nums; }
td.code, pre { font-family: ui-monospace, monospace; text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
td.code { width: 60%; border-left: 1px solid var(--rule); }
.plain td.code { color: var(--quiet); }
pre { margin: 0 0 .25rem; font-size: .8rem; }
.heat { --colour: var(--global); background: rgb(var(--colour) / calc(var(--h) * .6)); }
.heat.shared { --colour: var(--shared); }
.heat, .figure { font-variant-numeric: tabular-nums; }
.gap td { text-align: left; padding-left: 1rem; color: var(--quiet); }
.remarks td { text-align: left; white-space: normal; padding: .2rem .5rem .6rem 3.5rem; }
.remarks p, .remarks figcaption { font-size: .9rem; }
.advice { color: var(--bad); }
svg { display: block; max-width: 100%; height: auto; font: 9px ui-monospace, monospace; }
svg text { fill: var(--on-used); }
svg text.quiet { fill: var(--quiet); }
.used { fill: var(--used); }
.nobody { fill: none; stroke: var(--nobody); }
.idle { fill: none; stroke: var(--rule); }
.sides { display: flex; flex-wrap: wrap; gap: 1.5rem 2.5rem; }
.sides > div { flex: 0 1 36rem; min-width: 0; }
.key { border-top: 1px solid var(--rule); margin-top: 3rem; font-size: .9rem; }
.key h2 { margin-top: 1rem; }
.key i { font-style: normal; padding: .05rem .35rem; border-radius: .2rem; white-space: nowrap; }
@media (max-width: 56rem) {
  table, tbody, caption { display: block; }
  thead { display: none; }
  tr { display: flex; flex-wrap: wrap; position: relative; padding-left: 2.4rem; }
  td { padding: .1rem .35rem; }
  td:empty { display: none; }
  td.number { position: absolute; left: 0; width: 2.2rem; padding: .1rem 0; }
  td.code { display: block; flex: 0 0 100%; width: auto; min-height: 1.3rem; }
  td[data-label]::before { content: attr(data-label) " "; color: var(--quiet); }
  td.heat[data-label]::before { color: inherit; }
  svg { font-size: 11px; }
  tr.remarks, tr.gap { display: block; padding-left: 0; }
  .remarks td { display: block; padding: .2rem 0 .6rem .5rem; }
}
@media print {
  .sides > div { flex-basis: 100%; }
}
)css";

}  // namespace wb::grader
