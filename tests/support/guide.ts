// The commands of a guide in docs/, as whoever follows it types them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));
const BLOCK = /^```(\w*)\n([\s\S]*?)^```$/gm;

export type Guide = {
  /** The commands below a heading, block by block; or what it shows in another language. @throws Error when there are none */
  section(heading: string, language?: string): string[];
};

export function readGuide(file: string): Guide {
  const parts = readFileSync(join(DOCS, file), "utf8").split(/^#{1,3} /m);
  const sections = new Map(parts.map((part) => [part.split("\n", 1)[0]?.trim() ?? "", part]));
  return {
    section(heading, language = "sh") {
      const blocks = [...(sections.get(heading) ?? "").matchAll(BLOCK)].flatMap(([, kind, block = ""]) =>
        kind === language ? [block] : [],
      );
      if (blocks.length === 0) throw new Error(`${file} has no ${language} below "${heading}"`);
      return blocks;
    },
  };
}
