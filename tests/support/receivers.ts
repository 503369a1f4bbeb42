// Receivers of messages on this machine: servers for HTTP and SMTP that keep what they were sent.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** @throws Error when it is no JSON */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it holds by expecting it
  json(): any;
}
export interface HttpReceiver {
  readonly url: string;
  readonly port: number;
  readonly got: Received[];
  /** How it answers from now on. */
  answer: (response: ServerResponse, request: Received) => void;
  readonly close: () => Promise<void>;
}

export async function httpReceiver(): Promise<HttpReceiver> {
  const got: Received[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString("utf8");
    const { method = "", url: path = "", headers } = request;
    const received = { method, path, headers, text, json: () => JSON.parse(text) };
    got.push(received);
    receiver.answer(response, received);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: HttpReceiver = {
    ...{ url: `http://127.0.0.1:${port}`, port, got },
    answer: (response) => response.end("{}"),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

export interface MailReceiver {
  readonly port: number;
  /** Each message with those who get it. */
  readonly got: { readonly to: string[]; readonly raw: string }[];
  readonly close: () => Promise<void>;
}

export async function mailReceiver(options: SMTPServerOptions = {}): Promise<MailReceiver> {
  const got: { to: string[]; raw: string }[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ["STARTTLS"], logger: false, closeTimeout: 10 },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        got.push({ to, raw: Buffer.concat(parts).toString("utf8") });
        done();
      });
    },
    ...options,
  });
  // A client that does not trust the certificate goes away without a word.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return { port, got, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
