// pobsync report: what was backed up, read again and tried, on paper, for whoever has to sign for it.
import { requireSite } from "../actions/host-context.ts";
import { makeReport } from "../actions/report.ts";
import { effectiveSettings } from "../domain/effective-settings.ts";
import { parseMoment } from "../domain/pin-input.ts";
import { badInput } from "../domain/problem.ts";
import type { ReportDocument } from "../domain/report.ts";
import { reportHtml } from "../shapes/report-html.ts";
import { type CommandContext, type DefineCommand, helpEnd } from "./command.ts";
import { sizeText } from "./words.ts";

interface Options {
  readonly output?: string;
  readonly overwrite?: true;
  readonly from?: string;
  readonly to?: string;
}

export const define: DefineCommand = (command, context) => {
  command
    .option(
      "--output <file>",
      "write into this file, which only you may read; .html or .pdf (default: HTML to stdout)",
    )
    .option("--overwrite", "replace the file when it is there already")
    .option("--from <date>", "a day or a moment (default: 30 days before the end)")
    .option("--to <date>", "a day, which counts to its end, or a moment (default: now)")
    .addHelpText(
      "after",
      helpEnd(
        [
          "pobsync report --output backups.pdf",
          "pobsync report --from 2026-11-01 --to 2026-11-30 --output november.html",
          "pobsync report --json",
        ],
        "0 done, 1 it could not be written, 2 refused input, 6 not set up",
      ),
    )
    .action((options: Options) => report(context, options));
};

async function report({ app, output, stop }: CommandContext, options: Options): Promise<void> {
  const { output: file, overwrite, from, to } = options;
  if (file !== undefined && !/\.(html?|pdf)$/i.test(file))
    throw badInput("--output", file, "must end with .html or .pdf.");
  if (overwrite === true && file === undefined) throw badInput("--overwrite", "", "goes with --output FILE.");
  const opened = await app();
  const { timeZone } = effectiveSettings((await requireSite(opened)).settings, {}).values;
  const document = await makeReport(opened, {
    from: from === undefined ? null : momentOf("--from", from, timeZone, " 00:00"),
    to: to === undefined ? null : momentOf("--to", to, timeZone, ""),
  });
  if (file === undefined)
    return output.result({ ...document, file: null, bytes: null }, () => reportHtml(document).trimEnd());
  const { saveReport } = await import("../actions/save-report.ts");
  const content = /\.pdf$/i.test(file) ? await asPdf(document) : reportHtml(document);
  const bytes = await saveReport(file, content, { overwrite: overwrite === true, stop });
  output.result({ ...document, file, bytes }, () => `The report is in ${file} (${sizeText(bytes)}).`);
}

async function asPdf(document: ReportDocument): Promise<Buffer> {
  const [{ reportPdf }, { reportFont }] = await Promise.all([
    import("../shapes/report-pdf.ts"),
    import("../actions/save-report.ts"),
  ]);
  return reportPdf(document, await reportFont());
}

/** A day alone is meant from its beginning, or to its end. */
function momentOf(what: string, given: string, timeZone: string, atDay: string): Date {
  const moment = parseMoment(what, /^\d{4}-\d{2}-\d{2}$/.test(given) ? given + atDay : given, timeZone);
  if (moment !== null) return moment;
  throw badInput(what, given, "is neither a day such as 2026-11-23 nor a moment.");
}
