// The site as a whole.
import { configureSite, previewSiteChange } from "../../actions/configure-site.ts";
import { consoleStatus } from "../../actions/console-status.ts";
import { diagnose } from "../../actions/diagnose.ts";
import { forecastDisk } from "../../actions/forecast-disk.ts";
import { requireSite } from "../../actions/host-context.ts";
import { shownPing } from "../../actions/ping-settings.ts";
import { whoIsAlive } from "../../actions/presence.ts";
import { statusGrid } from "../../actions/status-grid.ts";
import { doctorJson } from "../../shapes/check-shapes.ts";
import { consoleStatusJson, forecastJson, settingsJson } from "../../shapes/console-shapes.ts";
import { effectsJson } from "../../shapes/retention-shapes.ts";
import { workerJson } from "../../shapes/shapes.ts";
import { listNodes } from "../../store/site.ts";
import { routes } from "../implement.ts";
import { apiLinks } from "../links.ts";
import { siteChangesFrom } from "../setting-changes.ts";

const { site: os } = routes;

const USUAL_DAYS = 30;
const USUAL_PAGE = 50;

export const site = {
  index: os.index.handler(async ({ context: { app } }) => ({
    name: "pobsync" as const,
    version: app.version,
    links: apiLinks(),
    node: app.node,
    nodes: (await listNodes(app.db)).map(({ name }) => name),
  })),
  status: os.status.handler(async ({ context: { app, console } }) =>
    consoleStatusJson(await consoleStatus(app, console.facts)),
  ),
  grid: os.grid.handler(async ({ context: { app }, input }) => {
    const { days = USUAL_DAYS, limit = USUAL_PAGE, after = null } = input;
    const grid = await statusGrid(app, { days, limit, after });
    return {
      ...grid,
      days: [...grid.days],
      items: grid.items.map(({ host, cells }) => ({ host, cells: [...cells] })),
    };
  }),
  forecast: os.forecast.handler(async ({ context: { app } }) => forecastJson(await forecastDisk(app))),
  doctor: os.doctor.handler(async ({ context: { app } }) => doctorJson(await diagnose(async () => app))),
  workers: os.workers.handler(async ({ context: { app } }) => ({
    items: (await whoIsAlive(app)).map(workerJson),
    next: null,
  })),
  settings: os.settings.handler(async ({ context: { app } }) =>
    settingsJson(await requireSite(app), await shownPing(app, null)),
  ),
  changeSettings: os.changeSettings.handler(async ({ context: { app }, input }) => {
    const { site } = await configureSite(app, siteChangesFrom(input));
    return settingsJson(site, await shownPing(app, null));
  }),
  previewSettings: os.previewSettings.handler(async ({ context: { app }, input }) =>
    effectsJson(await previewSiteChange(app, siteChangesFrom(input))),
  ),
};
