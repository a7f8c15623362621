import { Markup } from './markup.ts';

/**
 * Text and marks have the contrast of WCAG AA (4.5 and 3) on the ground, raised and on a track; rules and
 * tracks are ornament, and have less. No colour carries a meaning alone. A test measures it.
 */
const LIGHT = `
  --ground: #fbfaf7; --raised: #ffffff; --text: #1c2125; --muted: #5a6168; --rule: #dcd9d0;
  --accent: #0f6b74; --track: #e9e6de; --bad: #b3261e; --warn: #865300; --good: #2b683c;`;
const DARK = `
  --ground: #14171a; --raised: #1b1f23; --text: #e8e6e0; --muted: #a4aab0; --rule: #30363c;
  --accent: #5cc4cc; --track: #2a3036; --bad: #ff8f86; --warn: #ecb95f; --good: #83d297;`;

/** The style of the page, and of the charts in it. */
export const PAGE_STYLE = new Markup(`:root { color-scheme: light dark;${LIGHT} }
@media (prefers-color-scheme: dark) { :root {${DARK} } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 3rem 1.25rem 4rem; background: var(--ground);
  color: var(--text); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums lining-nums; overflow-wrap: anywhere; }
h1, h2, .lead { font-family: Charter, "Bitstream Charter", Georgia, Cambria, serif;
  font-weight: 600; text-wrap: balance; }
h1 { font-size: clamp(1.9rem, 6vw, 2.75rem); line-height: 1.1; margin: 0 0 1.5rem; }
h2 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 1.25rem; }
h3 { font-size: 1.0625rem; margin: 2.25rem 0 .5rem; }
h4 { font-size: 1rem; margin: 0 0 .25rem; }
p { margin: 0 0 .75rem; max-width: 68ch; }
a { color: var(--accent); }
code, .file-text { font: .875em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.kicker { margin: 0 0 .5rem; color: var(--accent); font-size: .875rem; letter-spacing: .04em; }
.lead { font-size: clamp(1.25rem, 3.4vw, 1.6rem); font-weight: 400; line-height: 1.35; max-width: 40ch; margin: 0 0 1rem; }
.headlines { margin: 0 0 1.25rem; padding-left: 1.1rem; max-width: 68ch; }
.headlines li { margin: .25rem 0; padding-left: .25rem; }
.headlines li::marker { color: var(--accent); }
.notice { border-left: 3px solid var(--warn); padding: .4rem 0 .4rem .9rem; }
.notice > span { color: var(--warn); font-weight: 700; }
.made, .muted, .legend, figcaption, caption, footer { color: var(--muted); font-size: .875rem; }
section { border-top: 1px solid var(--rule); margin-top: 2.75rem; padding-top: 1.75rem; }
section > h3:first-of-type, .problem h3, .problem h4 { margin-top: 0; }
article { margin-top: 2.5rem; }
footer { border-top: 1px solid var(--rule); margin-top: 2.75rem; padding-top: 1.25rem; }
.tiles + .made { margin: .75rem 0 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(13.5rem, 1fr)); gap: 1px;
  margin: 0; padding: 1px; list-style: none; background: var(--rule); border-radius: 6px; }
.tile { background: var(--raised); padding: 1.1rem 1.2rem; }
.tile:first-child { border-radius: 5px 0 0 0; }
.tile h3 { margin: 0; color: var(--muted); font-size: .875rem; font-weight: 500; }
.tile p { margin: 0; color: var(--muted); font-size: .8125rem; line-height: 1.5; }
.tile .figure { color: var(--text); font-size: 1.75rem; font-weight: 600; line-height: 1.25; margin: .1rem 0 .35rem; letter-spacing: -.01em; }
.tile .standing { font-weight: 600; }
.bad .figure, .bad .standing, .status.bad { color: var(--bad); }
.warn .standing, .status.warn { color: var(--warn); }
.good .standing, .status.good { color: var(--good); }
.status { font-weight: 600; }
.count { white-space: nowrap; color: var(--muted); font-weight: 400; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.75rem 2.5rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1.75rem 2.5rem; margin-top: 1.25rem; }
.charts > *, .grid > * { min-width: 0; }
figure { margin: 0 0 1.5rem; }
figcaption { margin-bottom: .5rem; }
.scroll { overflow-x: auto; margin: 0 0 1.5rem; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; padding-bottom: .4rem; }
th, td { padding: .42rem 1.1rem .42rem 0; border-bottom: 1px solid var(--rule); text-align: left;
  vertical-align: baseline; font-weight: 400; }
thead th { color: var(--muted); font-size: .8125rem; font-weight: 500; vertical-align: bottom; }
tbody th { min-width: 7rem; }
th.number, td.number { text-align: right; white-space: nowrap; overflow-wrap: normal; }
th:last-child, td:last-child { padding-right: 0; }
td.text { min-width: 12rem; }
.bar-cell { width: 22%; min-width: 5rem; vertical-align: middle; }
.change { display: inline-block; min-width: 5.5em; color: var(--muted); font-size: .8125rem; }
h3 .file-text, td.number .file-text { font: inherit; }
.problem h4 code { font-size: .9375em; font-weight: 700; }
.problem { margin: 0 0 1.4rem; }
.problem p { margin: 0; }
.examples { margin: .25rem 0 0; padding-left: 1.1rem; }
.examples li::marker { color: var(--muted); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
details { margin-top: .5rem; }
summary { cursor: pointer; color: var(--accent); width: fit-content; margin-bottom: .75rem; }
svg { display: block; overflow: visible; }
svg.plot { width: calc(100% - 2.75rem); margin-left: 2.75rem; }
svg.labelled { width: calc(100% - 6rem); margin-left: 4.5rem; }
svg.percentiles { width: calc(100% - 11rem); margin-left: 5.5rem; }
svg .accent { fill: var(--accent); }
svg .bad { fill: var(--bad); }
svg .track { fill: var(--track); }
svg .earlier { fill: none; stroke: var(--muted); stroke-width: 1; }
svg .ring { fill: var(--ground); stroke: var(--text); stroke-width: 1.5; }
svg .grid { stroke: var(--rule); }
svg .hatch { stroke: var(--muted); stroke-width: 1.5; }
svg text { font-family: inherit; font-size: 12px; }
svg .tick { fill: var(--muted); }
svg .label, svg .value { fill: var(--text); }
svg .mark { fill: var(--text); font-weight: 600; }
@media (min-width: 40.01rem) {
  #all-figures table { table-layout: fixed; }
  #all-figures thead th:first-child { width: 22%; }
  #all-figures .bar-cell { width: 20%; }
}
@media (max-width: 40rem) {
  body { padding: 1.75rem 1rem 3rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tile { padding: .8rem .85rem; }
  .tile .figure { font-size: 1.25rem; }
  .bar-cell { width: 5rem; min-width: 3.5rem; }
  #cost .bar-cell, #problems .bar-cell { display: none; }
  tbody th { min-width: 6.25rem; }
  td.text { min-width: 10rem; }
  table { font-size: .875rem; }
  th, td { padding-right: .7rem; }
  #all-figures .bar-cell, .bars-key { display: none; }
  .change { display: block; min-width: 0; }
}
@media print {
  :root { color-scheme: light;${LIGHT} --ground: #ffffff; }
  @page { margin: 16mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2, h3, h4, caption, thead { break-after: avoid; }
  .tiles, .problem, figure, tr { break-inside: avoid; }
  .scroll { overflow: visible; }
  .tiles { grid-template-columns: repeat(4, 1fr); }
  .charts, .grid { grid-template-columns: 1fr 1fr; }
  th, td { padding-top: .2rem; padding-bottom: .2rem; }
  section { margin-top: 1.75rem; padding-top: 1.25rem; }
  summary { display: none; }
  details::details-content { content-visibility: visible; height: auto; }
}
`);
