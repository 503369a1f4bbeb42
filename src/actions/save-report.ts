// A report as a file of this server, and the font that a printed one needs.
import { reportFont } from "../system/report-font.ts";
import { type WholeFileWish, writeWholeFile } from "../system/whole-file.ts";

export { reportFont };

/** Writes it, whole or not at all. Returns its length in bytes. */
export const saveReport = (
  file: string,
  content: string | Uint8Array,
  wish: WholeFileWish,
): Promise<number> => writeWholeFile(file, once(content), wish);

async function* once(content: string | Uint8Array): AsyncGenerator<string | Uint8Array> {
  yield content;
}
