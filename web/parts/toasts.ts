// What is told in passing, and that something was: the part that shows it is loaded with the first word.
import type { NotificationData } from "@mantine/notifications";

let isWanted = false;
const listeners = new Set<() => void>();

export const toasts = {
  isWanted: (): boolean => isWanted,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** It waits in the library's own store until the part that shows it is there. */
export async function tell(words: NotificationData): Promise<void> {
  isWanted = true;
  for (const listener of listeners) listener();
  const { notifications } = await import("@mantine/notifications");
  notifications.show(words);
}
