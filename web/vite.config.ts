// Builds the console into dist-web/. The contract goes into it without its schemas: the browser needs methods and paths.
// Styles of the component library come with the components that are used, so that a page loads no others.
import { minifyContractRouter } from "@orpc/contract";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { api } from "../src/contract/api/api.ts";

const CONTRACT = "virtual:contract";

const contract: Plugin = {
  name: "contract",
  resolveId: (id) => (id === CONTRACT ? `\0${CONTRACT}` : null),
  load: (id) =>
    id === `\0${CONTRACT}` ? `export default ${JSON.stringify(minifyContractRouter(api))}` : null,
};

/** A component's file of class names brings along the styles that they are of. */
const COMPONENT_CLASSES = /@mantine\/core\/esm\/.*\/(\w+)\.module\.mjs$/;

const styles: Plugin = {
  name: "styles",
  transform(code, id) {
    const component = COMPONENT_CLASSES.exec(id)?.[1];
    return component === undefined
      ? null
      : { code: `import "@mantine/core/styles/${component}.layer.css";\n${code}`, map: null };
  },
};

/** What every page needs is one file, and so are the icons: a request for each part would take longer than all of them. */
const GROUPS = [
  { name: "icons", test: /\/lucide-react\// },
  {
    name: "base",
    test: /\/(react|react-dom|scheduler|@tanstack|@orpc|@floating-ui)\/|@mantine\/core\/esm\/core\/|virtual:contract/,
  },
];

export default defineConfig({
  root: "web",
  plugins: [react(), contract, styles],
  build: {
    outDir: "../dist-web",
    emptyOutDir: true,
    target: "es2022",
    // Browsers that know light-dark(): for older ones it would become variables that nothing here sets.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // A file inlined as a data: address would need a laxer policy than ours.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
    rolldownOptions: { output: { codeSplitting: { groups: GROUPS } } },
  },
});
