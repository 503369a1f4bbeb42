// The predecessor's files, coming in and going out.
import type { ExportedFile } from "../actions/export-configs.ts";
import type { Imported } from "../actions/import-configs.ts";

export const importJson = ({ parts, notes }: Imported, dryRun: boolean) => ({
  dryRun,
  parts: parts.map((part) => ({ ...part, fields: { ...part.fields } })),
  notes: notes.map((note) => ({ ...note })),
});

export const exportJson = (prefix: string, files: readonly ExportedFile[]) => ({
  prefix,
  files: files.map(({ file, unsaid }) => ({ file, unsaid: [...unsaid] })),
});
