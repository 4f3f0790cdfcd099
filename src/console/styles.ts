/** The one style sheet, as text, so that there is nothing to copy beside the compiled code. */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --ink: #1c2433; --soft: #5d6880; --paper: #f4f5f8; --card: #ffffff; --line: #e1e5ec;
  --night: #17203a; --accent: #3b5bdb; --good: #237a36; --warn: #a65300; --bad: #c92a2a;
  --bad-soft: #fdecec; --bar: #8ea2e8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6e9f2; --soft: #9aa5bd; --paper: #10141f; --card: #181e2d; --line: #2a3246;
    --night: #0b0f1a; --accent: #8da2fb; --good: #69db7c; --warn: #ffc078; --bad: #ff8787;
    --bad-soft: #3a1d22; --bar: #4a5fc1;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
a { color: var(--accent); }
code { font: 0.92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.top {
  display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; align-items: center;
  justify-content: space-between; padding: 0.9rem max(1.25rem, calc(50vw - 34rem));
  background: var(--night); color: #eef1fa;
}
.top a { color: inherit; text-decoration: none; }
.top a:hover { text-decoration: underline; }
.brand { display: flex; gap: 0.6rem; align-items: center; font-weight: 600; font-size: 1.05rem; }
.moon { width: 1rem; height: 1rem; border-radius: 50%; box-shadow: inset -0.3rem -0.1rem 0 0 #ffe8a3; }
.top nav, .top nav form { display: flex; gap: 1.25rem; align-items: center; }
.who { color: #aab4d0; }
main { max-width: 68rem; margin: 1.5rem auto; padding: 0 1.25rem; }
footer { max-width: 68rem; margin: 0 auto 2rem; padding: 0 1.25rem; color: var(--soft); font-size: 0.87rem; }
h1 { margin: 0; font-size: 1.5rem; letter-spacing: -0.01em; }
/* Names of any length, in any script and its own direction. */
h1, .who, .items, .detail, .problem { overflow-wrap: anywhere; }
h1, option, .who, .detail, .items strong { unicode-bidi: plaintext; }
h2 { margin: 0 0 0.75rem; font-size: 1rem; }
.heading { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin-bottom: 1rem; }
.heading .inline { margin-left: auto; max-width: 100%; display: flex; gap: 0.5rem; align-items: center; }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 1.1rem 1.25rem; margin-bottom: 1rem;
}
.card.narrow { max-width: 25rem; margin: 10vh auto; overflow-wrap: anywhere; }
.card.narrow h1 { margin-bottom: 0.75rem; }
.card.night { border-left: 4px solid var(--accent); }
.big { font-size: 1.1rem; margin: 0; }
.hint, .detail { color: var(--soft); font-size: 0.87rem; }
.detail { display: block; }
p.hint { margin: 0.4rem 0 0; }
p.hint + form { margin-top: 0.85rem; }
.calm { margin: 0; color: var(--soft); }
.problem { background: var(--bad-soft); color: var(--bad); border-radius: 6px; padding: 0.55rem 0.8rem; }
.stack { display: grid; gap: 0.85rem; }
label { display: grid; gap: 0.25rem; font-weight: 500; }
.inline label { display: flex; align-items: center; gap: 0.5rem; min-width: 0; }
input, select, button { font: inherit; border-radius: 6px; border: 1px solid var(--line); padding: 0.5rem 0.65rem; }
input, select { background: var(--card); color: inherit; width: 100%; }
.inline select { width: auto; min-width: 0; max-width: 20rem; padding: 0.25rem 0.4rem; text-overflow: ellipsis; }
button { background: var(--accent); border-color: var(--accent); color: #fff; font-weight: 600; cursor: pointer; }
@media (prefers-color-scheme: dark) { button { color: #10141f; } }
button.quiet { background: none; color: var(--accent); padding: 0.25rem 0.6rem; }
button.plain { background: none; border: none; color: inherit; padding: 0; font-weight: 400; }
button.plain:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
details { margin-top: 1.25rem; border-top: 1px solid var(--line); padding-top: 0.85rem; }
summary { cursor: pointer; margin-bottom: 0.75rem; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { text-align: left; font-size: 0.8rem; font-weight: 500; color: var(--soft); }
th, td { padding: 0.4rem 0.6rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
td .detail { white-space: normal; }
tbody tr:last-child td { border-bottom: none; }
.number { text-align: right; }
.money span { display: block; }
.tag {
  display: inline-block; border: 1px solid var(--line); border-radius: 99px; padding: 0 0.55rem;
  font-size: 0.8rem; color: var(--soft);
}
.tag.completed { color: var(--good); border-color: currentColor; }
.tag.running, .tag.scheduled { color: var(--accent); border-color: currentColor; }
.tag.held, .tag.missed { color: var(--warn); border-color: currentColor; }
.count.bad { color: var(--bad); font-weight: 600; }
.items, .tiles { list-style: none; margin: 0; padding: 0; }
.items li { padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
.items li:last-child { border-bottom: none; }
.items .hint { display: block; }
.tiles { display: flex; flex-wrap: wrap; gap: 0.6rem; }
.tiles li { border: 1px solid var(--line); border-radius: 8px; padding: 0.45rem 0.9rem; }
.tiles li.bad { border-color: var(--bad); color: var(--bad); }
.tiles strong { font-size: 1.15rem; margin-right: 0.25rem; font-variant-numeric: tabular-nums; }
.chart { display: block; max-width: 100%; margin-bottom: 0.75rem; }
.chart rect { fill: var(--bar); }
.chart rect.held, .chart rect.missed { fill: var(--warn); }
`;

/** A crescent. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#17203a"/>
<path d="M21 5a11.5 11.5 0 1 0 6 17A10 10 0 0 1 21 5z" fill="#ffe8a3"/>
</svg>`;
