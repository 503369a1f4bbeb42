// Every route of the contract with the function behind it.
import { routes } from "./implement.ts";
import { documents } from "./openapi.ts";
import { admin } from "./routes/admin.ts";
import { alerts } from "./routes/alerts.ts";
import { channels } from "./routes/channels.ts";
import { events } from "./routes/events.ts";
import { files } from "./routes/files.ts";
import { hosts } from "./routes/hosts.ts";
import { people } from "./routes/people.ts";
import { proof } from "./routes/proof.ts";
import { restores } from "./routes/restores.ts";
import { runs } from "./routes/runs.ts";
import { schedules } from "./routes/schedules.ts";
import { session } from "./routes/session.ts";
import { site } from "./routes/site.ts";
import { snapshots } from "./routes/snapshots.ts";

export const router = routes.router({
  site,
  hosts,
  channels,
  schedules,
  ...people,
  admin,
  alerts,
  documents,
  session,
  runs,
  events,
  files,
  proof,
  restores,
  snapshots,
});
