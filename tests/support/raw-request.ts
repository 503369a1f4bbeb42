// Requests as a hostile client sends them: the path byte by byte, headers twice, bodies of any kind.
import { type Agent, type OutgoingHttpHeaders, request } from "node:http";

export type RawRequest = {
  method: string;
  /** As it goes over the wire; printable ASCII without blanks. */
  path: string;
  headers: OutgoingHttpHeaders;
  body?: string | Buffer;
};

export type RawAnswer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Its beginning, when it goes on for ever. */
  text: string;
};

const TEXT_MAX = 4 * 1024 * 1024;

/** A stream of events is left as soon as it has begun. */
export function sendRaw(
  url: string,
  { method, path, headers, body }: RawRequest,
  agent: Agent,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  // Node itself says how long a body is only where it expects one.
  const isSaid = body === undefined || headers["transfer-encoding"] !== undefined;
  const framed = isSaid ? headers : { ...headers, "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers: framed, agent }, (answer) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const done = () =>
        resolve({
          ...{ status: answer.statusCode ?? 0, headers: answer.headers },
          text: Buffer.concat(chunks).toString(),
        });
      const leave = () => {
        done();
        answer.destroy();
      };
      answer.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > TEXT_MAX || String(answer.headers["content-type"]).startsWith("text/event-stream"))
          leave();
      });
      answer.on("end", done);
      answer.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
