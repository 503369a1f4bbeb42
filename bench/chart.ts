// Bars as a picture (SVG), which shows in light and in dark.

/** Bars that are compared with each other; `value` 1 is as long as the first one. */
export type BarGroup = {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: number }[];
};

const [WIDTH, LABEL, NUMBER, LINE, TITLE, GAP] = [720, 110, 60, 20, 30, 14];

/** @param highlighted the label of the bars that stand out */
export function chartSvg(groups: readonly BarGroup[], caption: string, highlighted: string): string {
  const longest = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const unit = (WIDTH - LABEL - NUMBER) / longest;
  const parts: string[] = [];
  let y = GAP;
  const text = (x: number, at: number, kind: string, content: string): void =>
    void parts.push(`<text x="${x}" y="${at}" class="${kind}">${escaped(content)}</text>`);
  for (const { title, bars } of groups) {
    text(0, y + 14, "title", title);
    y += TITLE;
    for (const { label, value } of bars) {
      const width = Math.max(1, value * unit).toFixed(1);
      const kind = label === highlighted ? "ours" : "other";
      text(LABEL - 8, y + 13, "label", label);
      parts.push(
        `<rect x="${LABEL}" y="${y}" width="${width}" height="${LINE - 4}" rx="2" class="${kind}"/>`,
      );
      text(LABEL + Number(width) + 6, y + 13, "value", `${value.toFixed(2)}×`);
      y += LINE;
    }
    y += GAP;
  }
  text(0, y + 8, "value", caption);
  const height = y + 20;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(caption)}">
<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 } .label { text-anchor: end } .value { fill: #57606a }
.ours { fill: #1a7f64 } .other { fill: #afb8c1 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .value { fill: #8d96a0 } .ours { fill: #3fb68b } .other { fill: #484f58 } }
</style>
${parts.join("\n")}
</svg>
`;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
