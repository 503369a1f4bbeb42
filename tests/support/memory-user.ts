// A process that uses much memory, lets go of it, and says until it is told to stop how much it still has.
import { giveMemoryBack } from "../../src/system/spare-memory.ts";

const LOOK_EVERY_MS = 50;
const mib = (): number => Math.round(process.memoryUsage.rss() / 1024 / 1024);

const used = Array.from({ length: 600_000 }, (_, at) => ({ at, text: String(at), list: [at] }));
const full = mib();
used.length = 0;
if (process.argv[2] === "give-back") giveMemoryBack(LOOK_EVERY_MS);
setInterval(() => process.stdout.write(`${full} ${mib()}\n`), LOOK_EVERY_MS);
