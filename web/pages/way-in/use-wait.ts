// How long the next attempt has to wait, counted down.
import { useEffect, useState } from "react";
import { problemOf } from "../../api/client.ts";

/** The throttle says it in its sentence: "… is looked at in 12 s." 0 for any other failure. */
function secondsOf(error: unknown): number {
  if (error === null) return 0;
  const { code, message } = problemOf(error);
  return code === "too_many_attempts" ? Number(/(\d+) s\b/.exec(message)?.[1] ?? 0) : 0;
}

/** Seconds; 0 when nothing has to wait. `over` is called when a wait has ended. */
export function useWait(error: unknown, over: () => void): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const seconds = secondsOf(error);
    if (seconds === 0) return;
    const end = Date.now() + seconds * 1000;
    setLeft(seconds);
    const timer = setInterval(() => {
      const now = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setLeft(now);
      if (now > 0) return;
      clearInterval(timer);
      over();
    }, 250);
    return () => {
      clearInterval(timer);
      setLeft(0);
    };
  }, [error, over]);
  return left;
}
