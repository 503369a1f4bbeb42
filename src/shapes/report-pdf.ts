// The report as PDF, on A4. Loaded only when somebody wants one: the library and its font are large.
import PDFDocument from "pdfkit";
import type { ReportDocument, ReportTable } from "../domain/report.ts";

const MARGIN = 50;
const TEXT_SIZE = 9;
const GAP = 6;
const LINE_COLOUR = "#bbbbbb";

/**
 * Draws it. Characters that the font does not have are written as their numbers, so that nothing is lost.
 *
 * @param font a TrueType font
 */
export async function reportPdf(report: ReportDocument, font: Buffer): Promise<Buffer> {
  const pdf = new PDFDocument({
    ...{ size: "A4", margin: MARGIN, lang: "en", font: font as unknown as string },
    info: { Title: report.title, Producer: "pobsync", Creator: "pobsync" },
  });
  const parts: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => pdf.on("end", resolve).on("error", reject));
  pdf.on("data", (part: Buffer) => parts.push(part));
  const draw = pen(pdf);
  draw.text(report.title, 18);
  pdf.moveDown(0.5);
  for (const [name, value] of report.facts) draw.text(`${name}: ${value}`, TEXT_SIZE + 1);
  for (const { title, text, table } of report.sections) {
    draw.makeRoom(60);
    pdf.moveDown(1.2);
    draw.text(title, 13);
    pdf.moveDown(0.3);
    if (text !== "") draw.text(text, TEXT_SIZE + 1);
    if (table !== null) draw.table(table);
  }
  draw.makeRoom(110);
  draw.signature(report.signature);
  pdf.end();
  await ended;
  return Buffer.concat(parts);
}

type Pdf = InstanceType<typeof PDFDocument>;

function pen(pdf: Pdf) {
  const left = MARGIN;
  const width = pdf.page.width - 2 * MARGIN;
  const bottom = pdf.page.height - MARGIN;
  const words = printableBy(pdf);
  const makeRoom = (height: number): void => {
    if (pdf.y + height > bottom) pdf.addPage();
  };
  const row = (cells: readonly string[], widths: readonly number[], colour: string): void => {
    const all = widths.reduce((sum, part) => sum + part, 0);
    const columns = widths.map((part) => (part / all) * width);
    pdf.fontSize(TEXT_SIZE);
    // One cell must not be larger than a page.
    const shown = cells.map((cell) => words(cell.length > CELL_MAX ? `${cell.slice(0, CELL_MAX)} …` : cell));
    const heights = shown.map((cell, at) => pdf.heightOfString(cell, { width: (columns[at] ?? 0) - GAP }));
    const height = Math.max(...heights) + GAP;
    makeRoom(height);
    const top = pdf.y;
    let x = left;
    pdf.fillColor(colour);
    for (const [at, cell] of shown.entries()) {
      pdf.text(cell, x, top + GAP / 2, { width: (columns[at] ?? 0) - GAP });
      x += columns[at] ?? 0;
    }
    pdf.fillColor("black");
    pdf
      .moveTo(left, top + height)
      .lineTo(left + width, top + height)
      .lineWidth(0.5)
      .stroke(LINE_COLOUR);
    pdf.x = left;
    pdf.y = top + height;
  };
  return {
    makeRoom,
    text: (text: string, size: number): void =>
      void pdf.fontSize(size).text(words(text), left, pdf.y, { width }),
    table: ({ head, rows, widths }: ReportTable): void => {
      pdf.moveDown(0.4);
      row(head, widths, "#555555");
      for (const cells of rows) row(cells, widths, "black");
    },
    signature: (lines: readonly string[]): void => {
      const top = pdf.y + 70;
      const part = width / lines.length;
      for (const [at, line] of lines.entries()) {
        const x = left + at * part;
        pdf
          .moveTo(x, top)
          .lineTo(x + part - 30, top)
          .lineWidth(0.8)
          .stroke("black");
        pdf.fontSize(TEXT_SIZE).text(words(line), x, top + 4, { width: part - 30, lineBreak: false });
      }
    },
  };
}

const CELL_MAX = 1000;

/** A text in characters that the font has. */
function printableBy(pdf: Pdf): (text: string) => string {
  const { font } = (pdf as unknown as { _font: { font: { hasGlyphForCodePoint: (at: number) => boolean } } })
    ._font;
  return (text) =>
    Array.from(text, (character) => {
      const at = character.codePointAt(0) ?? 0;
      return character === "\n" || font.hasGlyphForCodePoint(at) ? character : `\\u{${at.toString(16)}}`;
    }).join("");
}
