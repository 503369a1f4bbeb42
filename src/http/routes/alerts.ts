// Alerts.
import { acknowledge, alertHistory } from "../../actions/alerts/alert-history.ts";
import { alertJson } from "../../shapes/alert-shapes.ts";
import { routes } from "../implement.ts";

const { alerts: os } = routes;

const USUAL_PAGE = 50;

export const alerts = {
  list: os.list.handler(async ({ context: { app }, input: { all, limit = USUAL_PAGE, after } }) => {
    const { items, next } = await alertHistory(app, { all: all === "true", limit, before: after });
    return { items: items.map(alertJson), next: next === null ? null : String(next) };
  }),
  acknowledge: os.acknowledge.handler(async ({ context: { app }, input: { id, reason } }) =>
    alertJson(await acknowledge(app, id, reason ?? null)),
  ),
};
