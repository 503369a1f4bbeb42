// Metrics in a file, for what collects such files.
import { writeWholeFile } from "../system/whole-file.ts";

/** Replaces the file in one step; everybody may read it. Returns its length in bytes. Refuses as `writeWholeFile` does. */
export const writeMetrics = (file: string, text: string, stop: AbortSignal): Promise<number> =>
  writeWholeFile(file, asChunks(text), { overwrite: true, forAll: true, stop });

async function* asChunks(text: string): AsyncGenerator<string> {
  yield text;
}
