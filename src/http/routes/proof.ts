// By what it is proved that what is stored can be restored, and the report for whoever signs for it.
import { hostProof, hostProofs } from "../../actions/host-proof.ts";
import { makeReport } from "../../actions/report.ts";
import { reportFont } from "../../actions/save-report.ts";
import type { ReportDocument } from "../../domain/report.ts";
import { proofJson } from "../../shapes/proof-shapes.ts";
import { routes } from "../implement.ts";

const { proof: os } = routes;

export const proof = {
  list: os.list.handler(async ({ context: { app } }) => ({
    items: (await hostProofs(app)).map(proofJson),
    next: null,
  })),
  get: os.get.handler(async ({ context: { app }, input: { host } }) => proofJson(await hostProof(app, host))),
  report: os.report.handler(async ({ context: { app }, input: { format = "html", from, to } }) => {
    const instant = (text: string | undefined): Date | null => (text === undefined ? null : new Date(text));
    const report = await makeReport(app, { from: instant(from), to: instant(to) });
    const content = format === "pdf" ? await asPdf(report) : Buffer.from(await asHtml(report));
    const type = format === "pdf" ? "application/pdf" : "text/html; charset=utf-8";
    return { headers: fileHeaders(type, `pobsync-report.${format}`), body: new Blob([content]).stream() };
  }),
};

/** Loaded when it is wanted: the library and its font are large. */
async function asPdf(report: ReportDocument): Promise<Uint8Array<ArrayBuffer>> {
  const { reportPdf } = await import("../../shapes/report-pdf.ts");
  return new Uint8Array(await reportPdf(report, await reportFont()));
}

async function asHtml(report: ReportDocument): Promise<string> {
  const { reportHtml } = await import("../../shapes/report-html.ts");
  return reportHtml(report);
}

const fileHeaders = (type: string, name: string): Record<string, string> => ({
  "content-type": type,
  "content-disposition": `attachment; filename="${name}"`,
  "content-security-policy": "sandbox",
});
