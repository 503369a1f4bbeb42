// A new channel at a terminal: what it lacks of secrets is asked for, and never shown.
import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Pobsync, pobsyncIn, pobsyncProgram } from "../support/pobsync.ts";
import { makeWorld, type World } from "../support/world.ts";

const SECRET = "s3cr3t-tOken-4711";
let world: World;
let pobsync: Pobsync;
beforeAll(async () => {
  world = makeWorld();
  pobsync = pobsyncIn(world);
  await pobsync.run("migrate");
});
afterAll(() => world.dispose());

/** The command on a terminal, where somebody answers each question with the same. */
async function atTerminal(command: string, question: RegExp, answer = `${SECRET}\r`) {
  const child = spawn("script", ["-qec", `${pobsyncProgram} configure-channel ${command}`, "/dev/null"], {
    env: { ...process.env, ...world.environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (child.pid !== undefined) world.owns(child.pid);
  let shown = "";
  let answered = 0;
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    shown += part;
    const asked = shown.match(new RegExp(question, "g"))?.length ?? 0;
    for (; answered < asked; answered += 1) child.stdin.write(answer);
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, answered, shown: stripVTControlCharacters(shown) };
}
const secretsOf = async (name: string) => {
  const { items } = (await pobsync.run("--json", "channels")).json();
  return items.find((one: { name: string }) => one.name === name)?.secrets;
};

it("asks for the token that there must be, and not for what may be left out", async () => {
  const made = await atTerminal("desk --kind gotify --server https://gotify.example", /Token: /);
  expect(made).toMatchObject({ code: 0, answered: 1 });
  expect(made.shown).not.toContain(SECRET);
  expect(await secretsOf("desk")).toEqual(["token"]);
  const plain = await atTerminal("phone --kind ntfy --topic some-topic", /token: /i);
  expect(plain).toMatchObject({ code: 0, answered: 0 });
});

it("asks for the password of a user who signs in; nothing is one without a password", async () => {
  const mail = "--kind email --server smtp.example --from a@example.org --to b@example.org";
  expect(await atTerminal(`ops ${mail} --user ada`, /Password: /)).toMatchObject({ code: 0, answered: 1 });
  expect(await secretsOf("ops")).toEqual(["password"]);
  expect(await atTerminal(`bare ${mail} --user ada`, /Password: /, "\r")).toMatchObject({ code: 0 });
  expect(await secretsOf("bare")).toEqual([]);
});

it("keeps what a channel has without asking, and asks nobody where there is no terminal", async () => {
  const kept = await atTerminal("desk --digest daily", /Token: /);
  expect(kept).toMatchObject({ code: 0, answered: 0 });
  expect(await secretsOf("desk")).toEqual(["token"]);
  const { code, stderr } = await pobsync.run(
    "configure-channel",
    "two",
    "--kind",
    "gotify",
    "--server",
    "https://a.example",
  );
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("--token-file FILE") });
});
