// What the workers and schedulers of queue-load.ts are told.

export interface LoadOrder {
  readonly url: string;
  /** Where they bear witness. */
  readonly folder: string;
  readonly schedulers: number;
  /** Runs that a worker has at the same time. */
  readonly parallel: number;
  readonly virtualEndMs: number;
}

/** Long ago, so that what is due there may run now. */
export const VIRTUAL_START_MS = Date.parse("2025-03-30T00:00:30.000Z");

export type LoadReport = { atOnceMost: number; witness: string[] };
