// The report as one page of HTML: no script, nothing from elsewhere, and everything in it is text.
import type { ReportDocument, ReportSection, ReportTable } from "../domain/report.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");

const STYLE = `
  body { font: 14px/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
  table { border-collapse: collapse; width: 100%; } caption { position: absolute; left: -999rem; }
  th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #ccc; overflow-wrap: anywhere; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; } dt { color: #555; } dd { margin: 0; overflow-wrap: anywhere; }
  .sign { display: grid; grid-template-columns: 1fr 1fr; gap: 3rem; margin-top: 4rem; } .sign p { border-top: 1px solid #111; padding-top: .3rem; }
  @media print { body { margin: 0; max-width: none; font-size: 11px; } tr, .sign { break-inside: avoid; } thead { display: table-header-group; } @page { size: A4; margin: 18mm; } }
`;

export const reportHtml = ({ title, facts, sections, signature }: ReportDocument): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<dl>
${facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join("\n")}
</dl>
${sections.map(sectionHtml).join("\n")}
<div class="sign">${signature.map((line) => `<p>${escaped(line)}</p>`).join("")}</div>
</body>
</html>
`;

const sectionHtml = ({ title, text, table }: ReportSection): string =>
  [
    `<h2>${escaped(title)}</h2>`,
    ...(text === "" ? [] : [`<p>${escaped(text)}</p>`]),
    ...(table === null ? [] : [tableHtml(title, table)]),
  ].join("\n");

const row = (cells: readonly string[], tag: string): string =>
  `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag === "td" ? tag : "th"}>`).join("")}</tr>`;

const tableHtml = (title: string, { head, rows }: ReportTable): string =>
  `<table><caption>${escaped(title)}</caption><thead>${row(head, 'th scope="col"')}</thead>
<tbody>${rows.map((cells) => row(cells, "td")).join("\n")}</tbody></table>`;
