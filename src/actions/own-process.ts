// Who we are in the queue: a worker's name, this process's identity, and how long a lease lasts.
import type { Owner } from "../store/run-queue.ts";
import { processIdentity, workerName } from "../system/process-identity.ts";
import type { App } from "./app.ts";

export const ownProcess = (app: App): Owner => ({
  workerId: workerName(app.randomHex(3)),
  processIdentity: processIdentity(),
  leaseSeconds: app.leaseSeconds,
  node: app.node,
});
