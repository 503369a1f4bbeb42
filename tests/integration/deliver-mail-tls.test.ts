// Mail over TLS, to a real SMTP server whose certificate comes from an authority that this server knows, or does not.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Authority, makeAuthority } from "../support/authority.ts";
import { type Pobsync, pobsyncIn } from "../support/pobsync.ts";
import { type MailReceiver, mailReceiver } from "../support/receivers.ts";
import { makeWorld, type World } from "../support/world.ts";

const SECRET = "s3cr3t-pass-4711";
let world: World;
let authority: Authority;
let trusting: Pobsync;
let passwordFile: string;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  world = await makeWorld();
  authority = await makeAuthority(world.dir);
  trusting = pobsyncIn(world, { environment: { NODE_EXTRA_CA_CERTS: authority.file } });
  passwordFile = join(world.dir, "password");
  writeFileSync(passwordFile, SECRET);
  expect((await trusting.run("migrate")).code).toBe(0);
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(() => world.dispose());

type Security = "tls" | "starttls";

/** What was said before and after the connection was encrypted, as the server saw it. */
async function receiver(security: Security): Promise<MailReceiver & { readonly signedIn: boolean[] }> {
  const signedIn: boolean[] = [];
  const made = await mailReceiver({
    ...{ secure: security === "tls", disabledCommands: [], authOptional: false },
    ...{ key: authority.key, cert: authority.cert },
    onAuth: ({ username, password }, session, done) => {
      signedIn.push(session.secure);
      if (password === SECRET) return done(null, { user: username });
      return done(Object.assign(new Error("no such password"), { responseCode: 535 }));
    },
  });
  closers.push(made.close);
  return { ...made, signedIn };
}

const configure = async (security: Security, port: number, server = "localhost") => {
  const where = ["--kind", "email", "--server", server, "--port", `${port}`, "--security", security];
  const who = ["--user", "pobsync", "--password-file", passwordFile];
  const made = await trusting.run(
    ...["configure-channel", `${security}-${port}`, ...where, ...who],
    ...["--from", "pobsync@example.org", "--to", "ada@example.org"],
  );
  expect([made.code, made.stderr]).toEqual([0, expect.any(String)]);
  return `${security}-${port}`;
};

describe.each(["tls", "starttls"] as const)("mail over %s", (security) => {
  it("arrives where the authority of the server is known, and the password is said only within TLS", async () => {
    const { port, got, signedIn } = await receiver(security);
    const channel = await configure(security, port);
    const sent = await trusting.run("notify", "--test", channel);
    expect([sent.code, sent.stderr]).toEqual([0, expect.any(String)]);
    expect(got.map(({ to }) => to)).toEqual([["ada@example.org"]]);
    expect(got[0]?.raw).toContain("pobsync: this is a test");
    expect(signedIn).toEqual([true]);
  });

  it("does not where nobody knows it, or where the certificate is of another server", async () => {
    const { port, got, signedIn } = await receiver(security);
    const channel = await configure(security, port);
    const doubting = pobsyncIn(world);
    const refused = (await doubting.run("--json", "notify", "--test", channel)).json().items[0];
    expect(refused).toMatchObject({ delivered: false, problem: { code: "channel_unreachable" } });
    expect(refused.problem.message).toContain("certificate");
    expect(refused.problem.hint).toContain("NODE_EXTRA_CA_CERTS");
    await trusting.run("remove-channel", channel, "--yes");
    const other = await configure(security, port, "127.0.0.1");
    const wrong = (await trusting.run("--json", "notify", "--test", other)).json().items[0];
    expect(wrong).toMatchObject({ delivered: false, problem: { code: "channel_unreachable" } });
    expect(wrong.problem.message).toContain("its certificate is for another name");
    expect(JSON.stringify([refused, wrong])).not.toContain(SECRET);
    expect([got, signedIn]).toEqual([[], []]);
  });
});
