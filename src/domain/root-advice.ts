// What would make a backup root safer. Trees in it hold other machines' secrets, devices and programs with set-uid bits.

/** Nothing in a root is ever started or opened as a device by pobsync. */
const WANTED = ["nosuid", "nodev", "noexec"];

/** A sentence with what to do, or null. @param mountOptions of the mount in which the root lies */
export function rootAdvice(
  root: string,
  { mountOptions, isOpen }: { readonly mountOptions: readonly string[]; readonly isOpen: boolean },
): string | null {
  const missing = WANTED.filter((option) => !mountOptions.includes(option));
  const advice = [
    ...(isOpen ? [`Other users may look into it: chmod 700 ${root}.`] : []),
    ...(missing.length === 0
      ? []
      : [
          `Mount its disk with ${WANTED.join(",")} (${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing), ` +
            "so that set-uid programs and devices of a host mean nothing here.",
        ]),
  ];
  return advice.length === 0 ? null : advice.join(" ");
}
