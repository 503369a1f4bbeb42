// docs/commands/ says what the program says.
import { afterAll, beforeAll, expect, it } from "vitest";
import { commandPages, type Pages, writtenPages } from "../../scripts/command-docs.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { pobsyncIn } from "../support/pobsync.ts";
import { makeWorld, type World } from "../support/world.ts";

const ADVICE = "Write the pages anew: bin/run-node scripts/command-docs.ts";

let world: World;
let wanted: Pages;
beforeAll(async () => {
  world = makeWorld();
  const pobsync = pobsyncIn(world);
  const helps = new Map<string, string>();
  for (const { name } of COMMANDS) {
    const { code, stdout } = await pobsync.run(name, "--help");
    expect(code, name).toBe(0);
    helps.set(name, stdout);
  }
  wanted = commandPages(helps);
});
afterAll(() => world.dispose());

it("every command has its page, and no page is left of one that is gone", () => {
  expect(Object.keys(writtenPages()).sort(), ADVICE).toEqual(Object.keys(wanted).sort());
});

it("each page has what --help prints", () => {
  const written = writtenPages();
  for (const [file, text] of Object.entries(wanted)) expect(written[file], `${file}. ${ADVICE}`).toBe(text);
});
