// Answers that are files: streamed at the reader's pace, and broken off rather than ended when they are not whole.
import type { Download } from "../actions/download-files.ts";
import { Problem } from "../domain/problem.ts";
import { type Console, callerOf, type RequestContext } from "./request.ts";
import { stillAllowed } from "./still-allowed.ts";

export interface FileAnswer {
  readonly headers: Record<string, string>;
  readonly body: ReadableStream<Uint8Array>;
}

/** Each of them is a program and a disk that is busy. */
const DOWNLOADS_MAX = 24;
/** Whoever takes nothing for so long has gone without saying so. */
const STALLED_MS = 5 * 60_000;
const ASK_AGAIN_MS = 30_000;

/** How many a server has under way. */
const underWay = new WeakMap<Console, number>();

/** Refuses with `too_many_attempts` while there are too many. Opening it is what may be refused by itself. */
export async function answerDownload(
  context: RequestContext,
  open: () => Promise<Download>,
): Promise<FileAnswer> {
  const { console } = context;
  callerOf(context);
  const count = underWay.get(console) ?? 0;
  if (count >= DOWNLOADS_MAX)
    throw new Problem("too_many_attempts", `${count} downloads are under way already.`, {
      hint: "Wait until one of them has ended, or end one.",
    });
  underWay.set(console, count + 1);
  let isOver = false;
  const over = (): void => {
    if (!isOver) underWay.set(console, (underWay.get(console) ?? 1) - 1);
    isOver = true;
  };
  try {
    const download = await open();
    return { headers: headersOf(download), body: bodyOf(download, context, over) };
  } catch (error) {
    over();
    throw error;
  }
}

/**
 * Content of machines that may be hostile: whatever it is, a browser saves it, and runs nothing of it even when somebody
 * makes it show it.
 */
function headersOf({ name, bytes }: Download): Record<string, string> {
  return {
    "content-type": "application/octet-stream",
    "content-disposition": dispositionOf(name),
    "content-security-policy": "sandbox",
    ...(bytes === null ? {} : { "content-length": String(bytes) }),
  };
}

/** RFC 6266: the name in the letters of every header, and as it is in those of RFC 8187. */
function dispositionOf(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/gu, "_");
  const whole = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}

/** `over` is called once it has ended, however that was. */
function bodyOf(
  { content, bytes }: Download,
  context: RequestContext,
  over: () => void,
): ReadableStream<Uint8Array> {
  const left = new AbortController();
  const pieces = content(AbortSignal.any([context.gone, left.signal]));
  const isAllowed = askedNowAndThen(context);
  let missing = bytes;
  let stalled: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearTimeout(stalled);
    left.abort();
    // One that waits for a reader closes what it has open only when it hears that none will come.
    void pieces.return().catch(() => {});
    over();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(stalled);
        try {
          if (!(await isAllowed())) throw new Problem("not_signed_in", "The session has ended meanwhile.");
          const { done, value } = await pieces.next();
          if (missing !== null) missing -= value?.length ?? 0;
          if (missing !== null && (missing < 0 || (done === true && missing > 0)))
            throw new Problem("content_unreadable", "The file has another length than it had a moment ago.");
          if (done === true) {
            controller.close();
            end();
            return;
          }
          controller.enqueue(value);
        } catch (error) {
          end();
          // Before the answer's last piece, so that it breaks off: nobody takes a part for the whole.
          throw error;
        }
        stalled = setTimeout(() => {
          end();
          controller.error(new Problem("no_progress", "Nobody took any of it for five minutes."));
        }, STALLED_MS).unref();
      },
      cancel() {
        end();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Whoever may not see it any more gets no more of it. */
function askedNowAndThen(context: RequestContext): () => Promise<boolean> {
  const ask = stillAllowed(context);
  const { clock } = context.app;
  let askedAt = clock().getTime();
  return async () => {
    const now = clock().getTime();
    if (now - askedAt < ASK_AGAIN_MS) return true;
    askedAt = now;
    return ask();
  };
}
