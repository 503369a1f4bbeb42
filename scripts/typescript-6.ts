// Preloaded for dependency-cruiser only: it reads TypeScript through the compiler's JavaScript API, which
// TypeScript 7 does not have. So whoever asks for `typescript` in that one process gets version 6, which
// parses the same language; the type check itself is done by version 7. Goes away when dependency-cruiser
// supports TypeScript 7 (its other parser, swc, has an install script, and we take no packages with those).
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, nextResolve) {
    return nextResolve(specifier.replace(/^typescript(?=$|\/)/, "typescript-6"), context);
  },
});
