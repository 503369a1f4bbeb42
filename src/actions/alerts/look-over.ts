// One look: which conditions hold, what becomes of the alerts, and what is to be told.
import { badOfSite, planAlerts } from "../../domain/alert.ts";
import { applyAlertPlan, fittingFacts, flappedLately, liveAlerts } from "../../store/alerts.ts";
import { listNodes } from "../../store/site.ts";
import type { App } from "../app.ts";
import { siteConditions } from "../site-conditions.ts";
import type { SiteFacts } from "../site-facts.ts";
import type { Courier } from "./courier.ts";
import { tellPeople } from "./tell-people.ts";

/** What of the whole is looked at. */
export interface Scope {
  /** What any backup server sees, and what is to be told. */
  readonly site: boolean;
  /** The disk of this one. */
  readonly disk: boolean;
}

/** How it is, as far as the dead-man's switch of the site goes. */
export interface LookedOver {
  /** What is bad about the site as a whole for longer than its grace, as sentences: a restart of pobsync is no alarm. */
  readonly bad: readonly string[];
  readonly queued: number;
}

export async function lookOver(
  app: App,
  facts: SiteFacts,
  courier: Courier,
  scope: Scope = { site: true, disk: true },
): Promise<LookedOver> {
  const channels = await courier.channels(app);
  const { conditions, hosts, site } = await siteConditions(app, facts, channels);
  const nodes = new Set([...(await listNodes(app.db)).map(({ name }) => name), app.node]);
  // The disk of another server cannot be seen from here; that of one that is gone is nobody's worry.
  const isMine = ({ node }: { readonly node: string | null }): boolean =>
    node === null ? scope.site : node === app.node ? scope.disk : scope.site && !nodes.has(node);
  const now = app.clock();
  const alerts = (await liveAlerts(app.db)).filter(isMine);
  const holding = conditions.filter(isMine).map(fittingFacts);
  await applyAlertPlan(app.db, planAlerts(alerts, holding, now, await flappedLately(app.db, now)), now);
  const bad = badOfSite(await liveAlerts(app.db));
  if (!scope.site) return { bad, queued: 0 };
  const text = { timeZone: site?.settings.timeZone ?? "UTC", publicUrl: app.publicUrl ?? null };
  return { bad, queued: await tellPeople(app, channels, hosts, text) };
}
