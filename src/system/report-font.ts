// The font of printed reports: it lies beside the bundled program, and among the packages where that is not built.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";

const NAME = "DejaVuSans.ttf";

/** TrueType, with the letters of Latin, Cyrillic, Greek, Arabic, Hebrew and more. */
export async function reportFont(): Promise<Buffer> {
  const beside = new URL(`./${NAME}`, import.meta.url);
  return readFile(
    existsSync(beside) ? beside : new URL(`../../node_modules/dejavu-fonts-ttf/ttf/${NAME}`, import.meta.url),
  );
}
