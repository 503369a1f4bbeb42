// The whole API: every route by its name. The server implements it, the console and the OpenAPI document are made from it.
import { adminRoutes } from "./admin.ts";
import { alertRoutes } from "./alerts.ts";
import { channelRoutes } from "./channels.ts";
import { documentRoutes } from "./documents.ts";
import { eventRoutes } from "./events.ts";
import { fileRoutes } from "./files.ts";
import { hostRoutes } from "./hosts.ts";
import { peopleRoutes } from "./people.ts";
import { proofRoutes } from "./proof.ts";
import { restoreRoutes } from "./restores.ts";
import { runRoutes } from "./runs.ts";
import { scheduleRoutes } from "./schedules.ts";
import { sessionRoutes } from "./session.ts";
import { siteRoutes } from "./site.ts";
import { snapshotRoutes } from "./snapshots.ts";

export const api = {
  ...peopleRoutes,
  admin: adminRoutes,
  channels: channelRoutes,
  alerts: alertRoutes,
  documents: documentRoutes,
  site: siteRoutes,
  hosts: hostRoutes,
  schedules: scheduleRoutes,
  session: sessionRoutes,
  runs: runRoutes,
  events: eventRoutes,
  files: fileRoutes,
  proof: proofRoutes,
  restores: restoreRoutes,
  snapshots: snapshotRoutes,
};
