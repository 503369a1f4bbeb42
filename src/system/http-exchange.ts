// One request over HTTP and its answer: within a time, to the very address that was checked, and nowhere else.
import { isIP } from "node:net";
import { type Address, isOwnNetwork, type Resolve, resolveName } from "./private-network.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly location: string | null;
  /** Its beginning, where it says what is wrong; the rest is not read. */
  readonly text: string;
}
export interface ExchangeOptions {
  readonly allowPrivate: boolean;
  readonly signal?: AbortSignal | undefined;
  /** For all of it: the name, the connection, the answer. */
  readonly timeoutMs?: number;
  /** What is said of a success is read, too. */
  readonly readsSuccess?: boolean;
  readonly resolve?: Resolve;
}

const EXCHANGE_TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 16_384;

/** The name stands for an address of this server's own network. */
export class OwnNetworkError extends Error {
  readonly address: string;
  constructor(address: string) {
    super(`${address} is an address of this server's own network`);
    this.address = address;
  }
}

/**
 * Throws an `OwnNetworkError`, or what the network said. Redirects are not followed, proxies of the environment not used.
 */
export async function exchange(request: HttpRequest, options: ExchangeOptions): Promise<HttpAnswer> {
  const { allowPrivate, timeoutMs = EXCHANGE_TIMEOUT_MS, resolve = resolveName } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  signal.throwIfAborted();
  const url = new URL(request.url);
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = await until(signal, addressesOf(name, resolve));
  const own = addresses.find(({ address }) => isOwnNetwork(address));
  if (own !== undefined && !allowPrivate) throw new OwnNetworkError(own.address);
  return talk(url, request, addresses, signal, options.readsSuccess === true);
}

const addressesOf = async (name: string, resolve: Resolve): Promise<readonly Address[]> => {
  const family = isIP(name);
  return family === 0 ? resolve(name) : [{ address: name, family: family === 6 ? 6 : 4 }];
};

/** A look-up of a name cannot be stopped, only left alone. */
function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

type LookupCallback = (error: null, address: string | Address[], family?: number) => void;

async function talk(
  url: URL,
  { method, headers, body }: HttpRequest,
  addresses: readonly Address[],
  signal: AbortSignal,
  readsSuccess: boolean,
): Promise<HttpAnswer> {
  const bytes = Buffer.from(body, "utf8");
  // Asked a second time, a name may stand for something else: what was checked is what is connected to.
  const lookup = (_: string, { all }: { all?: boolean }, done: LookupCallback): void => {
    const [first] = addresses;
    if (all === true || first === undefined) done(null, [...addresses]);
    else done(null, first.address, first.family);
  };
  // Loaded when there is something to say: they bring along much of Node, and every command would wait for that.
  const { request: start } = await (url.protocol === "https:" ? import("node:https") : import("node:http"));
  return new Promise((resolve, reject) => {
    const asked = start(url, {
      ...{ method, signal, agent: false, lookup: lookup as never },
      headers: {
        "User-Agent": "pobsync",
        ...headers,
        "Content-Length": String(bytes.length),
        Connection: "close",
      },
    });
    asked.on("error", (error) => reject(signal.aborted ? signal.reason : error));
    asked.on("response", (answer) => {
      const parts: Buffer[] = [];
      let length = 0;
      const done = (): void => {
        answer.destroy();
        const { "retry-after": retryAfter = null, location = null } = answer.headers;
        const text = Buffer.concat(parts).subarray(0, ANSWER_BYTES_MAX).toString("utf8");
        resolve({ status, retryAfter, location, text });
      };
      const status = answer.statusCode ?? 0;
      // It has arrived: what else is said matters to nobody.
      if (status >= 200 && status < 300 && !readsSuccess) return done();
      answer.on("data", (part: Buffer) => {
        parts.push(part);
        length += part.length;
        if (length >= ANSWER_BYTES_MAX) done();
      });
      answer.on("end", done);
      answer.on("error", (error) => reject(signal.aborted ? signal.reason : error));
    });
    asked.end(bytes);
  });
}
