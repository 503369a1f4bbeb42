// Reading a stream of server-sent events as a browser does, one after the other.
import type { TestConsole, Who } from "./console.ts";

export type EventStream<Event> = {
  status: number;
  headers: Headers;
  /** All that have come so far. */
  seen: Event[];
  /** Waits for one like that, among those that nobody has waited for yet. @throws Error with all that came when it ends before */
  until(isLike: (event: Event) => boolean, what: string): Promise<Event>;
  /** Waits for the server to end it. */
  ended(): Promise<Event[]>;
  /** Closes the page. */
  leave(): void;
};

const DEADLINE_MS = 30_000;

export async function listen<Event>(
  console: Pick<TestConsole, "fetch">,
  who: Who,
  path: string,
  headers: Record<string, string> = {},
): Promise<EventStream<Event>> {
  const page = new AbortController();
  const response = await console.fetch(who, path, { headers, signal: page.signal });
  const seen: Event[] = [];
  let taken = 0;
  let isOver = false;
  let next = Promise.withResolvers<void>();
  const ring = (): void => {
    next.resolve();
    next = Promise.withResolvers();
  };
  const reading = (async () => {
    let text = "";
    const decoder = new TextDecoder();
    try {
      for await (const bytes of response.body ?? []) {
        text += decoder.decode(bytes, { stream: true });
        const whole = text.split("\n\n");
        text = whole.pop() ?? "";
        seen.push(...whole.flatMap((block) => eventOf<Event>(block)));
        ring();
      }
    } catch (error) {
      if (!page.signal.aborted) throw error;
    } finally {
      isOver = true;
      ring();
    }
  })();
  reading.catch(() => {});
  const within = async (work: () => Promise<void>, what: string): Promise<void> => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`waited for ${what}; what came: ${JSON.stringify(seen)}`)),
      DEADLINE_MS,
    );
    await Promise.race([work(), late.promise]).finally(() => clearTimeout(timer));
  };
  return {
    status: response.status,
    headers: response.headers,
    seen,
    async until(isLike, what) {
      let found: Event | undefined;
      await within(async () => {
        for (;;) {
          for (; taken < seen.length; ) {
            const event = seen[taken] as Event;
            taken += 1;
            if (!isLike(event)) continue;
            found = event;
            return;
          }
          if (isOver) throw new Error(`it ended without ${what}; what came: ${JSON.stringify(seen)}`);
          await next.promise;
        }
      }, what);
      return found as Event;
    },
    async ended() {
      await within(() => reading, "its end");
      return seen;
    },
    leave: () => page.abort(),
  };
}

/** Comments keep the connection alive and say nothing. */
function eventOf<Event>(block: string): Event[] {
  const fields = block.split("\n").filter((line) => !line.startsWith(":"));
  const data = fields.filter((line) => line.startsWith("data: ")).map((line) => line.slice("data: ".length));
  return data.length === 0 ? [] : [JSON.parse(data.join("\n")) as Event];
}
