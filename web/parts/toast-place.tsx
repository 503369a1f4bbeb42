// Holds the place of words in passing until there are some.
import { lazy, Suspense, useSyncExternalStore } from "react";
import { toasts } from "./toasts.ts";

const ToastList = lazy(async () => ({ default: (await import("./toast-list.tsx")).ToastList }));

export function ToastPlace() {
  const isWanted = useSyncExternalStore(toasts.subscribe, toasts.isWanted);
  return isWanted ? (
    <Suspense>
      <ToastList />
    </Suspense>
  ) : null;
}
