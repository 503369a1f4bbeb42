// Messages on their way to real receivers: the shape that each service documents, and every way in which it can go wrong.
import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ChannelKind, Message } from "../../src/domain/notification.ts";
import { at, message, problemOf, send } from "../support/delivering.ts";
import { type HttpReceiver, httpReceiver } from "../support/receivers.ts";

const SECRET = "s3cr3t-tOken-4711";
const HOSTILE: Message = {
  ...message,
  subject: 'web1\r\nBcc: evil@example.org \u001b[31m<!channel> @everyone {{body}} "}',
  body: "a\u0007b <script>&amp; @here **bold** [x](http://evil.example)\r\n\u202etxt.exe\u0000",
};

let receiver: HttpReceiver;
beforeAll(async () => {
  receiver = await httpReceiver();
});
afterAll(() => receiver.close());
afterEach(() => {
  receiver.got.length = 0;
  receiver.answer = (response) => response.end("{}");
});

const last = () => {
  const got = receiver.got.at(-1);
  if (got === undefined) throw new Error("nothing arrived");
  return got;
};

/** A channel of each kind that leads to the receiver. */
const all = (): [ChannelKind, Record<string, unknown>][] => [
  ["webhook", { url: `${receiver.url}/in?key=${SECRET}`, headers: [`Authorization: Bearer ${SECRET}`] }],
  ["ntfy", { server: receiver.url, topic: "backups", token: SECRET }],
  ["gotify", { server: receiver.url, token: SECRET }],
  ["slack", { url: `${receiver.url}/services/${SECRET}` }],
  ["discord", { url: `${receiver.url}/api/webhooks/1/${SECRET}` }],
  ["telegram", { server: receiver.url, token: `12345:${SECRET}`, chat: "-100" }],
  ["matrix", { server: receiver.url, room: "!abc:example.org", token: SECRET }],
  ["apprise", { server: receiver.url, urls: [`tgram://${SECRET}/1`] }],
];

describe("over HTTP", () => {
  it("each service gets what it documents", async () => {
    const got: Record<string, unknown> = {};
    for (const [kind, values] of all()) {
      await send(kind, values);
      const { method, path } = last();
      got[kind] = { does: `${method} ${path.replaceAll(SECRET, "KEY")}`, ...last().json() };
    }
    expect(got).toMatchObject({
      webhook: {
        does: "POST /in?key=KEY",
        id: "d1",
        subject: "web1 is late",
        code: "late",
        since: "2026-11-27T02:15:00.000Z",
      },
      ntfy: { does: "POST /", topic: "backups", title: "web1 is late", priority: 4, click: message.url },
      gotify: { does: "POST /message", title: "web1 is late", priority: 8 },
      slack: {
        text: "web1 is late",
        mrkdwn: false,
        attachments: [{ color: "#e03131", title_link: message.url }],
      },
      discord: {
        does: "POST /api/webhooks/1/KEY?wait=true",
        ...{
          content: "web1 is late",
          allowed_mentions: { parse: [] },
          embeds: [{ title: "web1", color: 0xe03131 }],
        },
      },
      telegram: { does: "POST /bot12345:KEY/sendMessage", chat_id: "-100" },
      matrix: {
        does: "PUT /_matrix/client/v3/rooms/!abc%3Aexample.org/send/m.room.message/d1",
        ...{ msgtype: "m.text", "m.mentions": {} },
      },
      apprise: { does: "POST /notify", type: "failure", format: "text", title: "web1 is late" },
    });
    expect(receiver.got[2]?.headers["x-gotify-key"]).toBe(SECRET);
    expect((got.telegram as { parse_mode?: string }).parse_mode).toBeUndefined();
    for (const text of receiver.got.map((one) => one.text)) expect(text).toContain("No backup since Friday.");
  });

  it("nothing of a hostile name is read as markup, a mention or a command of a terminal", async () => {
    for (const [kind, values] of all()) await send(kind, values, { told: HOSTILE });
    for (const one of receiver.got) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
      expect(one.text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]|\\u00|\\r/);
      expect(Object.keys(one.headers)).not.toContain("bcc");
    }
    const [, , , slack, discord] = receiver.got.map((one) => one.json());
    expect(slack.text).toContain("&lt;!channel&gt; @\u200beveryone");
    expect(slack.attachments[0].text).not.toMatch(/<|@here|\]\(/);
    expect(discord.content).toContain("\\<!channel\\>");
    expect(discord.embeds[0].description).toContain("\\*\\*bold\\*\\* \\[x\\]\\(");
  });

  it("what is too long is cut where the service would refuse it, with an ellipsis and the address", async () => {
    const told = { ...message, subject: "&".repeat(5000), body: "ä😀".repeat(40_000) };
    for (const [kind, values] of all().slice(1)) await send(kind, values, { told });
    const [ntfy, , slack, discord, telegram, matrix] = receiver.got.map((one) => one.json());
    expect(new TextEncoder().encode(ntfy.message).length).toBeLessThanOrEqual(4096);
    expect(slack.text).toMatch(/^(&amp;)+…$/);
    expect(discord.content.length).toBeLessThanOrEqual(2000);
    expect(discord.embeds[0].description.length).toBeLessThanOrEqual(4096);
    expect(telegram.text.length).toBeLessThanOrEqual(4096);
    expect(telegram.text.endsWith(`…\n\n${message.url}`)).toBe(true);
    expect(new TextEncoder().encode(matrix.body).length).toBeLessThanOrEqual(32_768);
    for (const one of receiver.got) expect(one.text).not.toMatch(/\\ud[89a-f]|\ufffd/i);
  });

  it("a template cannot be broken out of, and a signature fits what was sent", async () => {
    const template = '{"text": "{{subject}}", "more": ["{{ body }}", "{{host}}"]}';
    await send("webhook", { url: receiver.url, template, signingKey: SECRET }, { told: HOSTILE });
    const { headers, text, json } = last();
    expect(json()).toEqual({
      text: expect.stringContaining("Bcc: evil@example.org"),
      more: [expect.any(String), "web1"],
    });
    expect(json().text).toContain("{{body}}");
    const signature = createHmac("sha256", SECRET)
      .update(`${headers["x-pobsync-timestamp"]}.${text}`)
      .digest("hex");
    expect(headers["x-pobsync-signature"]).toBe(`sha256=${signature}`);
    const form = {
      url: receiver.url,
      method: "PUT",
      headers: ["Content-Type: application/x-www-form-urlencoded"],
    };
    await send(
      "webhook",
      { ...form, template: "text={{subject}}&x=1" },
      { told: { ...message, subject: "a&x=2" } },
    );
    expect(last()).toMatchObject({ method: "PUT", text: "text=a%26x%3D2&x=1" });
  });

  it("a refusal is no reason to try again; being busy is, after what the service says", async () => {
    const answers = async (status: number, headers: Record<string, string> = {}, body = "") => {
      receiver.answer = (response) => response.writeHead(status, headers).end(body);
      const { code, mayRetry, retryAfterSeconds } = await problemOf(
        send("gotify", { server: receiver.url, token: SECRET }),
      );
      return { code, mayRetry, retryAfterSeconds };
    };
    for (const status of [400, 401, 403, 404, 410, 413])
      expect(await answers(status)).toMatchObject({ code: "channel_refused", mayRetry: false });
    for (const status of [408, 425, 429, 500, 503])
      expect(await answers(status)).toMatchObject({
        code: "channel_busy",
        mayRetry: true,
        retryAfterSeconds: null,
      });
    expect(await answers(429, { "Retry-After": "90" })).toMatchObject({ retryAfterSeconds: 90 });
    const date = new Date(at.getTime() + 30_000).toUTCString();
    expect(await answers(503, { "Retry-After": date })).toMatchObject({ retryAfterSeconds: 30 });
    expect(await answers(429, {}, '{"parameters":{"retry_after":7}}')).toMatchObject({
      retryAfterSeconds: 7,
    });
    expect(await answers(429, {}, '{"retry_after":0.3}')).toMatchObject({ retryAfterSeconds: 1 });
    expect(await answers(429, {}, '{"retry_after_ms":2500}')).toMatchObject({ retryAfterSeconds: 3 });
    receiver.answer = (response) => response.writeHead(204).end();
    expect(await problemOf(send("apprise", { server: receiver.url, key: "ops" }))).toMatchObject({
      code: "channel_refused",
    });
  });

  it("no problem holds a secret, whatever the service repeats", async () => {
    receiver.answer = (response, { path, headers, text }) =>
      response
        .writeHead(400)
        .end(
          `${path} ${JSON.stringify(headers)} ${text} ${Buffer.from(SECRET).toString("base64")} \u001b[2J`,
        );
    for (const [kind, values] of all()) {
      const problem = await problemOf(send(kind, values));
      const told = JSON.stringify([problem.message, problem.hint, problem.detail, String(problem.cause)]);
      expect(told).not.toContain(SECRET);
      expect(told).not.toContain(Buffer.from(SECRET).toString("base64").replace(/=+$/, ""));
      expect(problem.message.length).toBeLessThan(500);
    }
    const closed = await httpReceiver();
    await closed.close();
    const gone = await problemOf(send("slack", { url: `${closed.url}/${SECRET}` }));
    expect(gone).toMatchObject({ code: "channel_unreachable", mayRetry: true });
    expect(gone.message).toContain("nothing listens there");
    expect(gone.message + gone.hint).not.toContain(SECRET);
  });

  it("one that never answers is given up, and one who asks can stop it", async () => {
    receiver.answer = () => {};
    const late = await problemOf(send("slack", { url: receiver.url }, { timeoutMs: 100 }));
    expect(late).toMatchObject({ code: "channel_unreachable", message: expect.stringContaining("in time") });
    receiver.answer = (response) => response.writeHead(500).write("slowly");
    await problemOf(send("slack", { url: receiver.url }, { timeoutMs: 100 }));
    const stop = new AbortController();
    receiver.answer = () => stop.abort(new Error("stopped"));
    await expect(send("slack", { url: receiver.url }, { signal: stop.signal })).rejects.toThrow("stopped");
    const never = { resolve: () => new Promise<never>(() => {}), timeoutMs: 50 };
    await problemOf(send("slack", { url: "http://name.example" }, never));
  });
});
