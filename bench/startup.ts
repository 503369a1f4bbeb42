// How long a person waits for `pobsync --help` and `pobsync status`, against an empty Node program.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pobsyncProgram } from "../tests/support/pobsync.ts";
import type { Section } from "./report.ts";
import { makeSite, type Site } from "./site.ts";
import { type Cost, pairedRatios, spread, verdict } from "./statistics.ts";
import { timed } from "./timing.ts";

const HOSTS = ["alpha", "beta", "gamma"];
/** Fills the compile cache and the page cache. */
const WARM_UP_ROUNDS = 3;

export async function measureStartup(rounds: number, say: (line: string) => void): Promise<Section> {
  const site = makeSite();
  try {
    await setUp(site);
    const empty = join(site.dir, "empty.js");
    writeFileSync(empty, "");
    const programs = [
      { name: "empty Node program", argv: [process.execPath, empty], limit: null },
      { name: "pobsync --help", argv: [pobsyncProgram, "--help"], limit: 2 },
      { name: "pobsync status", argv: [pobsyncProgram, "status"], limit: 3 },
    ];
    const costs: Cost[][] = programs.map(() => []);
    const output = join(site.dir, "output");
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (const [at, { argv }] of programs.entries()) {
        const cost = await timed({ argv, env: site.env, cwd: site.dir, output });
        if (round >= 0) costs[at]?.push(cost);
      }
    }
    say(`startup: ${rounds} rounds done`);
    const [baseline = []] = costs;
    const rows = programs.map(({ name, limit }, at) => {
      const mine = costs[at] ?? [];
      const milliseconds = (of: keyof Cost) =>
        spread(
          mine.map((cost) => cost[of] * 1000),
          0,
        );
      const ratios = (of: keyof Cost) =>
        pairedRatios(
          mine.map((cost) => cost[of]),
          baseline.map((cost) => cost[of]),
        );
      const row = [name, milliseconds("wallSeconds"), milliseconds("cpuSeconds")];
      if (limit === null) return [...row, "1", "1"];
      const [wall, cpu] = [ratios("wallSeconds"), ratios("cpuSeconds")];
      return [...row, spread(wall), spread(cpu), verdict(wall, limit)];
    });
    return {
      title: "Start-up",
      notes: [
        `A process from start to end, ${rounds} rounds. \`status\` is that of an SQLite database with three hosts, each ` +
          "backed up once. The empty program is an empty file, run by the same Node. Caches are warm.",
      ],
      columns: ["", "wall ms", "CPU ms", "wall ratio", "CPU ratio", "wall goal"],
      rows,
    };
  } finally {
    await site.dispose();
  }
}

async function setUp(site: Site): Promise<void> {
  const source = join(site.dir, "files");
  const root = join(site.dir, "backups");
  mkdirSync(source);
  writeFileSync(join(source, "file"), "content");
  await site.set("migrate");
  await site.set("configure-global", "--backup-root", root);
  for (const host of HOSTS) {
    await site.addLocalHost(host, source);
    await site.set("backup", host);
  }
}
