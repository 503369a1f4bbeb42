// What axe finds on a page that keeps somebody from using it.
import axe from "axe-core";
import type { Page } from "playwright-core";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

type Found = { id: string; impact: string; help: string; nodes: { target: string[]; summary: string }[] };

/** Sentences, one for each element that breaks a rule of WCAG AA. @param rules only these; default: all of AA */
export async function barriers(page: Page, rules?: readonly string[]): Promise<string[]> {
  const only = rules === undefined ? { type: "tag", values: WCAG } : { type: "rule", values: rules };
  // As text, because it runs in the browser and not here. A colour on its way to another one is not judged.
  await page.evaluate(
    `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() => Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)))`,
  );
  await page.evaluate(`globalThis.axe === undefined && (() => { ${axe.source} })()`);
  const found =
    (await page.evaluate(`axe.run(document, ${JSON.stringify({ runOnly: only, resultTypes: ["violations"] })})
    .then(({ violations }) => violations.map(({ id, impact, help, nodes }) => ({ id, impact, help,
      nodes: nodes.map(({ target, failureSummary }) => ({ target: target.map(String), summary: failureSummary })) })))`)) as Found[];
  return found.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ target, summary }) => `${id} (${impact}): ${help}: ${target.join(" ")}: ${summary}`),
  );
}
