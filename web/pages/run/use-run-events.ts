// A run's log as it grows: the server sends it until the run has ended.
import { consumeEventIterator } from "@orpc/client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { client, query } from "../../api/client.ts";

/** More would make the page slow; the whole log can be downloaded. */
const LINES_MAX = 5000;

export interface LiveLog {
  readonly lines: readonly string[];
  /** The number of the first line that is kept. */
  readonly from: number;
  readonly ended: boolean;
}

const NOTHING: LiveLog = { lines: [], from: 0, ended: false };
const AGAIN_MS = 3000;

export function useRunEvents(id: number): LiveLog {
  const queries = useQueryClient();
  const [log, setLog] = useState<LiveLog>(NOTHING);
  useEffect(() => {
    let isLeft = false;
    let next = 0;
    let stop: (() => Promise<void>) | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const key = query.runs.get.queryKey({ input: { id } });
    const listen = (): void => {
      let isOver = false;
      stop = consumeEventIterator(client.runs.events({ id, from: next }), {
        onEvent: (event) => {
          if (event.type === "run") {
            queries.setQueryData(key, (known) => (known === undefined ? known : { ...known, ...event.run }));
            isOver = event.run.finishedAt !== null;
          }
          if (event.type === "log") {
            next = event.from + event.lines.length;
            setLog((before) => added(before, event.lines, next));
          }
        },
        onFinish: () => {
          if (isLeft) return;
          if (!isOver) {
            timer = setTimeout(listen, AGAIN_MS);
            return;
          }
          setLog((before) => ({ ...before, ended: true }));
          // What it changed is known only now.
          void queries.invalidateQueries({ queryKey: key });
        },
      });
    };
    listen();
    return () => {
      isLeft = true;
      clearTimeout(timer);
      void stop?.().catch(() => {});
    };
  }, [id, queries]);
  return log;
}

function added(before: LiveLog, lines: readonly string[], next: number): LiveLog {
  const kept = [...before.lines, ...lines].slice(-LINES_MAX);
  return { lines: kept, from: next - kept.length, ended: before.ended };
}
