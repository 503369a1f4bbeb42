// Builds the console into dist-web/. The contract goes into it without its schemas: the browser needs methods and paths.
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

export default defineConfig({
  root: "web",
  plugins: [react(), contract],
  build: {
    outDir: "../dist-web",
    emptyOutDir: true,
    target: "es2022",
    // A file inlined as a data: address would need a laxer policy than ours.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
});
