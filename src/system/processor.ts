// What this machine's processor can do.
import { readFileSync } from "node:fs";

let known: boolean | null = null;

/** Whether it has instructions for AES; true where that cannot be told, as nearly all have. */
export function hasAes(): boolean {
  known ??= hasAesFlag(cpuFacts());
  return known;
}

/** As the kernel lists them: `flags` on x86, `Features` on ARM. */
export const hasAesFlag = (facts: string): boolean => {
  const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(facts)?.[1];
  return flags === undefined || flags.split(" ").includes("aes");
};

function cpuFacts(): string {
  try {
    return readFileSync("/proc/cpuinfo", "latin1");
  } catch {
    return "";
  }
}
