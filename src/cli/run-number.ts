// The number of a run, as it is typed.
import { parseCount } from "../domain/quantity.ts";

export const runNumber = (given: string): number => parseCount("The run", given, 1, Number.MAX_SAFE_INTEGER);
