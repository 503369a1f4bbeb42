// Who we are in the queue: a worker's name, this process's identity, and how long a lease lasts.
import type { Owner } from "../store/run-queue.ts";
import { processIdentity, workerName } from "../system/process-identity.ts";
import type { App } from "./app.ts";

/** A process that is frozen or cut off for longer loses its runs. Renewed four times as often. */
const LEASE_SECONDS = 60;

export const ownProcess = (app: App): Owner => ({
  workerId: workerName(app.randomHex(3)),
  processIdentity: processIdentity(),
  leaseSeconds: LEASE_SECONDS,
});
