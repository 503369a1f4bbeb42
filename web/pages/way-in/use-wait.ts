// How long the next attempt has to wait, counted down.
import { useEffect, useState } from "react";
import { problemOf } from "../../api/client.ts";

/** The throttle says it in its sentence: "… is looked at in 12 s." */
function secondsOf(error: unknown): number {
  if (error === null) return 0;
  const { code, message } = problemOf(error);
  return code === "too_many_attempts" ? Number(/(\d+) s\b/.exec(message)?.[1] ?? 0) : 0;
}

/** Seconds; 0 when nothing has to wait. */
export function useWait(error: unknown): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const end = Date.now() + secondsOf(error) * 1000;
    const look = (): void => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    look();
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [error]);
  return left;
}
