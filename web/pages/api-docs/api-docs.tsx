import { Page } from "../../parts/page.tsx";

export function ApiDocs() {
  return <Page title="ApiDocs">…</Page>;
}
