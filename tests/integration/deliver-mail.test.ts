// Messages by e-mail, to a real SMTP server: what arrives, and every way in which it does not.
import { createServer } from "node:net";
import { simpleParser } from "mailparser";
import { afterEach, describe, expect, it } from "vitest";
import { parseChannelSettings } from "../../src/domain/channel-settings.ts";
import { DeliveryProblem } from "../../src/domain/delivery-problem.ts";
import type { Message } from "../../src/domain/notification.ts";
import { deliver } from "../../src/system/deliver.ts";
import { mailReceiver } from "../support/receivers.ts";

const SECRET = "s3cr3t-pass-4711";
const message: Message = {
  ...{
    kind: "opened",
    severity: "bad",
    host: "web1",
    code: "late",
    since: null,
    url: "https://backup.example.org/",
  },
  ...{ subject: "web1 is läte\r\nBcc: evil@example.org", body: "No backup.\r\n.\r\nMAIL FROM:<x>\u001b[31m" },
};
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
async function receiver(options: Parameters<typeof mailReceiver>[0] = {}) {
  const made = await mailReceiver(options);
  closers.push(made.close);
  return made;
}

const send = (port: number, values: Record<string, unknown> = {}, timeoutMs = 5000, signal?: AbortSignal) =>
  deliver(
    "ops",
    parseChannelSettings("email", {
      ...{ server: "127.0.0.1", port, security: "none", from: "pobsync@example.org", to: ["a@example.org"] },
      ...values,
    }),
    { message, id: "d1", at: new Date("2026-11-29T18:00:00Z") },
    signal,
    { timeoutMs },
  );
async function problemOf(sending: Promise<void>): Promise<DeliveryProblem> {
  const error = await sending.then(
    () => null,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(DeliveryProblem);
  const problem = error as DeliveryProblem;
  expect(problem.message + problem.hint).not.toContain(SECRET);
  return problem;
}
const smtpError = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code });

describe("by e-mail", () => {
  it("everybody gets plain text, and no name adds a header or ends the message", async () => {
    const { port, got } = await receiver();
    await send(port, { to: ["a@example.org", "b@example.org"] });
    expect(got).toHaveLength(1);
    expect(got[0]?.to).toEqual(["a@example.org", "b@example.org"]);
    const mail = await simpleParser(got[0]?.raw ?? "");
    expect(mail.subject).toBe("web1 is läte Bcc: evil@example.org");
    expect(mail.bcc).toBeUndefined();
    expect(mail.html).toBe(false);
    expect(mail.text).toContain("No backup.\n.\nMAIL FROM:<x>\\x1b[31m\n\nhttps://backup.example.org/");
    expect(mail.messageId).toBe("<d1@example.org>");
    expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
  });

  it("a server that comes with a certificate nobody knows is not trusted", async () => {
    const tls = await receiver({ secure: true });
    const problem = await problemOf(send(tls.port, { security: "tls" }));
    expect(problem).toMatchObject({
      code: "channel_unreachable",
      message: expect.stringContaining("certificate"),
    });
    const starttls = await receiver({ disabledCommands: [] });
    expect(await problemOf(send(starttls.port, { security: "starttls" }))).toMatchObject({
      code: "channel_unreachable",
    });
    const without = await receiver();
    await problemOf(send(without.port, { security: "starttls" }));
    expect([...tls.got, ...starttls.got, ...without.got]).toEqual([]);
  });

  it("signs in where that is asked for, and says so when it may not", async () => {
    const options: Parameters<typeof mailReceiver>[0] = {
      ...{ authOptional: false, allowInsecureAuth: true },
      onAuth: ({ username, password }, _, done) =>
        password === SECRET
          ? done(null, { user: username })
          : done(smtpError(535, `no such password: ${password}`)),
    };
    const { port, got } = await receiver(options);
    await send(port, { user: "pobsync", password: SECRET });
    expect(got).toHaveLength(1);
    expect(await problemOf(send(port, { user: "pobsync", password: `${SECRET}x` }))).toMatchObject({
      ...{ code: "channel_refused", mayRetry: false },
    });
  });

  it("somebody whom the server refuses is named, greylisting is tried again", async () => {
    const { port, got } = await receiver({
      onRcptTo: ({ address }, _, done) =>
        done(
          address.startsWith("gone")
            ? smtpError(550, "no such mailbox")
            : address.startsWith("grey")
              ? smtpError(451, "greylisted")
              : null,
        ),
    });
    const gone = await problemOf(send(port, { to: ["gone@example.org", "a@example.org"] }));
    expect(gone).toMatchObject({ code: "channel_refused", mayRetry: false, isDelivered: true });
    expect(gone.message).toContain("gone@example.org");
    expect(got.map(({ to }) => to)).toEqual([["a@example.org"]]);
    expect(await problemOf(send(port, { to: ["grey@example.org"] }))).toMatchObject({
      ...{ code: "channel_busy", mayRetry: true, isDelivered: false },
    });
  });

  it("one that never answers, or that is not there, is given up", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    expect(await problemOf(send(port, {}, 100))).toMatchObject({
      code: "channel_unreachable",
      mayRetry: true,
    });
    const stop = new AbortController();
    const sending = send(port, {}, 5000, stop.signal);
    stop.abort(new Error("stopped"));
    await expect(sending).rejects.toThrow("stopped");
    silent.close();
    await new Promise((resolve) => silent.once("close", resolve));
    const gone = await problemOf(send(port));
    expect(gone).toMatchObject({
      code: "channel_unreachable",
      message: expect.stringContaining("nothing listens"),
    });
  });
});
