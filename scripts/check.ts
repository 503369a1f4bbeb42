// `npm run check`: every check in turn, cheapest first; stops at the first one that fails.
import { CHECKS, passes } from "./steps.ts";

process.exitCode = CHECKS.every(passes) ? 0 : 1;
